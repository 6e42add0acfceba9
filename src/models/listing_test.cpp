// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/listing.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "files/test_directory.hpp"

namespace livedub::models {
namespace {

TEST(SizeText, HasOneUnit) {
    EXPECT_EQ(size_text(0), "0 bytes");
    EXPECT_EQ(size_text(1'023), "1023 bytes");
    EXPECT_EQ(size_text(4'817), "4.7 KiB");
    EXPECT_EQ(size_text(147'951'465), "141.1 MiB");
    EXPECT_EQ(size_text(3'095'033'483), "2.9 GiB");
}

Catalogue two_models() {
    return Catalogue::parse(R"({"models": [
        {"name": "pair", "kind": "translation", "language": "en>es", "licence": "CC-BY-4.0",
         "source": "https://x/pair", "directory": "pair", "files": [
            {"path": "pair/a.onnx", "format": "onnx", "url": "https://x/a"}]},
        {"name": "whisper-base", "aliases": ["base"], "kind": "whisper", "language": "many",
         "licence": "MIT", "source": "https://x/base", "files": [
            {"path": "ggml-base.bin", "format": "ggml", "url": "https://x/b", "bytes": 2048}]}]})",
                            "test")
        .value();
}

TEST(ModelList, IsATableByKind) {
    const files::TestDirectory dir;
    files::put_file(dir.path() / "ggml-base.bin", std::string(2'048, 'x'));

    EXPECT_EQ(to_table(two_models(), dir.path()),
              fmt::format("models in {}\n\n"
                          "name          kind         language     size  licence    here\n"
                          "whisper-base  whisper      many      2.0 KiB  MIT        yes\n"
                          "pair          translation  en>es           ?  CC-BY-4.0  -\n",
                          dir.path().string()));
}

TEST(ModelList, IsJsonForPrograms) {
    const files::TestDirectory dir;
    files::put_file(dir.path() / "ggml-base.bin", "short");

    const auto json = nlohmann::json::parse(to_json(two_models(), dir.path()));

    EXPECT_EQ(json["directory"], dir.path().string());
    ASSERT_EQ(json["models"].size(), 2U);
    const auto& base = json["models"][0];
    EXPECT_EQ(base["name"], "whisper-base");
    EXPECT_EQ(base["aliases"], nlohmann::json({"base"}));
    EXPECT_EQ(base["kind"], "whisper");
    EXPECT_EQ(base["bytes"], 2'048);
    EXPECT_EQ(base["presence"], "wrong_size");
    EXPECT_EQ(base["path"], (dir.path() / "ggml-base.bin").string());
    EXPECT_TRUE(base["files"][0]["sha256"].is_null());
    const auto& pair = json["models"][1];
    EXPECT_TRUE(pair["bytes"].is_null());
    EXPECT_EQ(pair["presence"], "absent");
    EXPECT_EQ(pair["path"], (dir.path() / "pair").string());
}

}  // namespace
}  // namespace livedub::models
