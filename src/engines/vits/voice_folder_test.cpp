// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits/voice_folder.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "files/test_directory.hpp"

namespace livedub::vits {
namespace {

using files::put_file;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kCoqui =
    R"({"model": "vits", "characters": {"characters": "a", "punctuations": "."}})";

class VoiceFolder : public testing::Test {
  protected:
    std::vector<std::string> names(const VoicePlaces& places) {
        std::vector<std::string> names;
        for (const auto& voice : voices_in(places)) {
            names.push_back(voice.name);
        }
        return names;
    }
    [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }

  private:
    files::TestDirectory directory_;
};

TEST_F(VoiceFolder, HasVoicesOfBothKindsAndNothingElse) {
    put_file(path() / "es_MX-ald-medium.onnx", "");
    put_file(path() / "es_MX-ald-medium.onnx.json", "{}");
    put_file(path() / "piper" / "de_DE-thorsten-medium.onnx", "");
    put_file(path() / "piper" / "de_DE-thorsten-medium.onnx.json", "{}");
    put_file(path() / "thorsten" / "model.onnx", "");
    put_file(path() / "thorsten" / "config.json", kCoqui);
    put_file(path() / "fr_FR-lost-medium.onnx", "");
    put_file(path() / "opus-mt-en-es" / "encoder_model.onnx", "");
    put_file(path() / "opus-mt-en-es" / "config.json", R"({"model_type": "marian"})");
    put_file(path() / "silero_vad.onnx", "");
    put_file(path() / "ggml-base.bin", "");

    EXPECT_THAT(
        names({.chosen = {}, .folders = {path()}}),
        ElementsAre("de_DE-thorsten-medium", "es_MX-ald-medium", "fr_FR-lost-medium", "thorsten"));
    const auto voices = voices_in(path());
    EXPECT_EQ(voices[1].config, path() / "es_MX-ald-medium.onnx.json");
    EXPECT_EQ(voices[3].model, path() / "thorsten" / "model.onnx");
    EXPECT_EQ(voices[3].config, path() / "thorsten" / "config.json");
}

TEST_F(VoiceFolder, HasVoicesWhoseConfigurationIsNoGood) {
    put_file(path() / "cut" / "model.onnx", "");
    put_file(path() / "cut" / "config.json", std::string{kCoqui}.substr(0, 20));
    put_file(path() / "other" / "model.onnx", "");
    put_file(path() / "other" / "config.json", R"({"model": "tacotron2"})");
    put_file(path() / "opus-mt-en-es" / "encoder_model.onnx", "");
    put_file(path() / "opus-mt-en-es" / "config.json", R"({"model_type": "mar)");

    EXPECT_THAT(names({.chosen = {}, .folders = {path()}}), ElementsAre("cut", "other"));
}

TEST_F(VoiceFolder, IsOneOfSeveral) {
    for (const auto* name : {"one/a.onnx", "one/a.onnx.json", "two/a.onnx", "two/a.onnx.json",
                             "two/b.onnx", "two/b.onnx.json"}) {
        put_file(path() / name, "{}");
    }
    const std::vector folders{path() / "absent", path() / "one", path() / "two"};

    const auto voices = voices_in({.chosen = {}, .folders = folders});

    ASSERT_EQ(voices.size(), 2U);
    EXPECT_EQ(voices[0].model, path() / "one" / "a.onnx");
    EXPECT_EQ(voices[1].name, "b");
    EXPECT_THAT(names({.chosen = path() / "two", .folders = {path() / "one"}}),
                ElementsAre("a", "b"));
    EXPECT_THAT(names({.chosen = path() / "two" / "b.onnx", .folders = folders}), ElementsAre("b"));
    EXPECT_THAT(names({.chosen = {}, .folders = {path() / "absent"}}), IsEmpty());
}

}  // namespace
}  // namespace livedub::vits
