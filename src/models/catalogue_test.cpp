// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/catalogue.hpp"

#include <algorithm>
#include <ostream>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "files/test_directory.hpp"

namespace livedub::models {
namespace {

TEST(BuiltInCatalogue, HasEverySizeOfWhisperByTheNamesOfTheSetting) {
    for (const auto* size : {"tiny", "base", "small", "medium", "large-v1", "large-v2", "large-v3",
                             "turbo", "tiny.en", "base.en", "small.en", "medium.en"}) {
        const auto* model = Catalogue::built_in().find(size);
        ASSERT_NE(model, nullptr) << size;
        EXPECT_EQ(model, Catalogue::built_in().find(fmt::format("whisper-{}", size)));
        EXPECT_EQ(model->kind, ModelKind::kWhisper);
        EXPECT_FALSE(model->files.at(0).sha256.empty()) << size;
        EXPECT_TRUE(model->files.at(0).bytes.has_value()) << size;
    }
    EXPECT_EQ(Catalogue::built_in().find("turbo")->files.at(0).path, "ggml-large-v3-turbo.bin");
}

TEST(BuiltInCatalogue, HasADozenVoicesWithTheirConfigurations) {
    std::set<std::string> languages;
    for (const auto& model : Catalogue::built_in().models()) {
        if (model.kind == ModelKind::kVoice) {
            languages.insert(model.language.substr(0, 2));
            ASSERT_EQ(model.files.size(), 2U) << model.name;
            EXPECT_EQ(model.files[0].path, model.name + ".onnx");
            EXPECT_EQ(model.files[1].path, model.name + ".onnx.json");
        }
    }
    EXPECT_TRUE(std::ranges::includes(
        languages,
        std::set<std::string>{"de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "uk", "zh"}));
}

TEST(BuiltInCatalogue, AsksOverHttpsAlone) {
    for (const auto& model : Catalogue::built_in().models()) {
        for (const auto& file : model.files) {
            EXPECT_TRUE(file.url.starts_with("https://")) << file.url;
        }
    }
}

TEST(Catalogue, KnowsNoOtherNames) {
    EXPECT_EQ(Catalogue::built_in().find("whisper"), nullptr);
    EXPECT_EQ(Catalogue::built_in().find(""), nullptr);
}

std::string with_file(const std::string& file) {
    return fmt::format(R"({{"models": [{{"name": "m", "kind": "voice", "language": "es",
        "licence": "MIT", "source": "https://x/", "files": [{}]}}]}})",
                       file);
}

const std::string kFile = R"({"path": "m.onnx", "format": "onnx", "url": "https://x/m.onnx"})";

TEST(Catalogue, ReadsAFile) {
    const files::TestDirectory dir;
    files::put_file(dir.path() / "mine.json", with_file(kFile));

    const auto catalogue = Catalogue::load((dir.path() / "mine.json").string());

    ASSERT_TRUE(catalogue.has_value()) << catalogue.error().message();
    const auto* model = catalogue->find("m");
    ASSERT_NE(model, nullptr);
    EXPECT_EQ(model->files.at(0).url, "https://x/m.onnx");
    EXPECT_FALSE(model->bytes().has_value());
}

TEST(Catalogue, SaysWhichFileCannotBeRead) {
    const auto catalogue = Catalogue::load("/nowhere/mine.json");

    ASSERT_FALSE(catalogue.has_value());
    EXPECT_EQ(catalogue.error().message(),
              "/nowhere/mine.json: cannot be read: No such file or directory");
}

TEST(Catalogue, AddsUpSizes) {
    Model model{.files = {{.path = "a", .bytes = 100}, {.path = "b", .about_bytes = 20}}};
    EXPECT_EQ(model.bytes(), 120U);
    model.files.push_back({.path = "c", .format = FileFormat::kJson});
    EXPECT_EQ(model.bytes(), 120U);  // a configuration's few bytes
    model.files.push_back({.path = "d", .format = FileFormat::kOnnx});
    EXPECT_FALSE(model.bytes().has_value());
}

struct BadCatalogue {
    std::string name;
    std::string text;
    std::string said;

    friend void PrintTo(const BadCatalogue& it, std::ostream* out) { *out << it.name; }
};

class CatalogueRefuses : public testing::TestWithParam<BadCatalogue> {};

TEST_P(CatalogueRefuses, WithPlaceValueAndWhatIsAllowed) {
    const auto catalogue = Catalogue::parse(GetParam().text, "mine");

    ASSERT_FALSE(catalogue.has_value());
    EXPECT_EQ(catalogue.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(catalogue.error().message().find("mine: " + GetParam().said), std::string::npos)
        << catalogue.error().message();
}

std::string path_of(const std::string& path) {
    return with_file(
        fmt::format(R"({{"path": "{}", "format": "onnx", "url": "https://x/m"}})", path));
}

const std::string kBadPath = "models[0].files[0].path is ";

INSTANTIATE_TEST_SUITE_P(
    All, CatalogueRefuses,
    testing::Values(
        BadCatalogue{"Empty", "", "not JSON"}, BadCatalogue{"NotJson", "{", "not JSON"},
        BadCatalogue{"List", "[]", "it is an array (allowed: an object)"},
        BadCatalogue{"NoModels", R"({"models": []})",
                     "it.models is an array (allowed: an array with"},
        BadCatalogue{"NoName", R"({"models": [{}]})", "models[0].name is missing"},
        BadCatalogue{"NotAModel", R"({"models": [7]})", "models[0] is 7 (allowed: an object)"},
        BadCatalogue{"Kind", R"({"models": [{"name": "m", "kind": "song"}]})",
                     R"(models[0].kind is "song" (allowed: whisper, vad, voice, translation))"},
        BadCatalogue{"NoFiles", with_file(""),
                     "models[0].files is an array (allowed: an array with"},
        BadCatalogue{"Upwards", path_of("../m"), kBadPath + R"("../m" (allowed: a relative path)"},
        BadCatalogue{"UpwardsInside", path_of("a/../../m"), kBadPath},
        BadCatalogue{"Absolute", path_of("/etc/m"), kBadPath},
        BadCatalogue{"Hidden", path_of(".m"), kBadPath},
        BadCatalogue{"Flag", path_of("-m"), kBadPath},
        BadCatalogue{"Space", path_of("m m"), kBadPath},
        BadCatalogue{"Backslash", path_of("a\\\\m"), kBadPath},
        BadCatalogue{"OursWhileItComes", path_of("m.part"), kBadPath},
        BadCatalogue{"OursAfterwards", path_of("m.pulled"), kBadPath},
        BadCatalogue{"Format", with_file(R"({"path": "m", "format": "zip", "url": "https://x/m"})"),
                     R"(models[0].files[0].format is "zip" (allowed: ggml, onnx)"},
        BadCatalogue{"Url", with_file(R"({"path": "m", "format": "onnx", "url": "file:///m"})"),
                     "models[0].files[0].url is \"file:///m\" (allowed: an http or https URL)"},
        BadCatalogue{"LineInUrl",
                     with_file(R"({"path": "m", "format": "onnx", "url": "https://x/\r\nY: z"})"),
                     "models[0].files[0].url is "},
        BadCatalogue{
            "Sha256",
            with_file(R"({"path": "m", "format": "onnx", "url": "https://x/", "sha256": "abc"})"),
            R"(models[0].files[0].sha256 is "abc" (allowed: 64 hexadecimal digits)"},
        BadCatalogue{
            "NegativeBytes",
            with_file(R"({"path": "m", "format": "onnx", "url": "https://x/", "bytes": -1})"),
            "models[0].files[0].bytes is -1 (allowed: a number of bytes)"},
        BadCatalogue{
            "OutsideItsDirectory",
            R"({"models": [{"name": "m", "kind": "voice", "language": "es", "licence": "MIT",
                         "source": "https://x/", "directory": "d", "files": [)" +
                kFile + "]}]}",
            R"(models[0].files is "m.onnx" (allowed: paths in the model's directory))"},
        BadCatalogue{"TwiceTheFile", with_file(kFile + "," + kFile),
                     R"(two models have the file "m.onnx")"},
        BadCatalogue{"DeeperThanTheStack",
                     R"({"models": [{"name": )" + std::string(500'000, '[') +
                         std::string(500'000, ']') + "}]}",
                     "models[0].name is an array (allowed: letters"},
        BadCatalogue{
            "DeepWhereAnArrayIsWanted",
            R"({"models": {"a": )" + std::string(500'000, '[') + std::string(500'000, ']') + "}}",
            "it.models is an object (allowed: an array with"},
        BadCatalogue{"InvalidUtf8", "{\"models\": [{\"name\": \"\xff\"}]}", "not JSON"}),
    [](const auto& it) { return it.param.name; });

}  // namespace
}  // namespace livedub::models
