// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/model_file.hpp"

#include <cstring>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace livedub::whisper {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ModelFile : public testing::Test {
  protected:
    ModelFile()
        : folder_{fs::temp_directory_path() /
                  ("livedub-model-" + std::to_string(::getpid()) + "-" +
                   testing::UnitTest::GetInstance()->current_test_info()->name())} {
        fs::create_directories(folder_ / "whisper");
    }
    ~ModelFile() override { fs::remove_all(folder_); }

    fs::path write(const std::string& name, const std::string& bytes) const {
        const auto path = folder_ / name;
        std::ofstream{path, std::ios::binary} << bytes;
        return path;
    }
    [[nodiscard]] std::string problem_of(const std::string& bytes) const {
        const auto checked = check_model(write("model.bin", bytes));
        return checked ? "" : checked.error().message();
    }
    [[nodiscard]] ModelChoice choice(const std::string& size) const {
        return {.size = size, .file = {}, .folders = {folder_}};
    }

    const fs::path folder_;
};

void number(std::string& to, std::int32_t value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

std::string tensor(const std::string& name, std::int32_t type = 0, std::int32_t size = 1,
                   std::size_t bytes = 4) {
    std::string out;
    number(out, 1);
    number(out, static_cast<std::int32_t>(name.size()));
    number(out, type);
    number(out, size);
    return out + name + std::string(bytes, '\0');
}

// Where what begins in small_model().
constexpr std::size_t kVocabularyAt = 4;
constexpr std::size_t kPositionsAt = 8;
constexpr std::size_t kLayersAt = 20;
constexpr std::size_t kFiltersAt = 48;
constexpr std::size_t kTokensAt = kFiltersAt + 8 + 80UL * 201 * 4;
constexpr std::size_t kTensorsAt = kTokensAt + 4 + 4 + 1;

/// Of one layer each, and of numbers that are all zero.
std::string small_model() {
    std::string out;
    number(out, 0x67676d6c);
    for (const std::int32_t value : {51'864, 1'500, 64, 1, 1, 448, 64, 1, 1, 80, 1}) {
        number(out, value);
    }
    number(out, 80);
    number(out, 201);
    out.append(80UL * 201 * 4, '\0');
    number(out, 1);
    number(out, 1);
    out += "x";
    for (int i = 0; i < 11 + 15 + 24; ++i) {
        out += tensor("tensor." + std::to_string(i));
    }
    return out;
}

std::string with(std::string model, std::size_t at, std::int32_t value) {
    std::memcpy(model.data() + at, &value, sizeof(value));
    return model;
}

TEST(ModelSize, TakesEveryFormOfTheContract) {
    EXPECT_EQ(model_size("base"), "base");
    EXPECT_EQ(model_size("whisper-tiny.en"), "tiny.en");
    EXPECT_EQ(model_size("large-v3"), "large-v3");
    EXPECT_EQ(model_size("whisper-turbo"), "turbo");
    for (const auto* wrong : {"", "huge", "large", "turbo.en", "large-v3.en", "whisper-", "BASE"}) {
        EXPECT_FALSE(model_size(wrong)) << wrong;
    }
}

TEST(ModelName, IsTheFilesWithoutItsPrefix) {
    EXPECT_EQ(model_name("/models/ggml-base.en.bin"), "whisper-base.en");
    EXPECT_EQ(model_name("/models/whisper-mine.bin"), "whisper-mine");
}

TEST_F(ModelFile, IsFoundBySizeInEitherFolder) {
    const auto plain = write("ggml-base.bin", "");
    EXPECT_EQ(find_model(choice("base")).value(), plain);
    const auto own = write("whisper/ggml-base.bin", "");
    EXPECT_EQ(find_model(choice("base")).value(), own);
    const auto turbo = write("ggml-large-v3-turbo.bin", "");
    EXPECT_EQ(find_model(choice("turbo")).value(), turbo);
    const auto packed = write("ggml-small-q5_1.bin", "");
    EXPECT_EQ(find_model(choice("small")).value(), packed);
}

TEST_F(ModelFile, AnotherSizeIsNoSubstitute) {
    write("ggml-base.en.bin", "");
    write("ggml-silero-v5.1.2.bin", "");
    const auto found = find_model(choice("base"));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(found.error().message(), HasSubstr("no ggml-base.bin in " + folder_.string()));
    EXPECT_THAT(found.error().message(), HasSubstr("there is ggml-base.en.bin"));
    EXPECT_THAT(found.error().message(), Not(HasSubstr("silero")));
}

TEST_F(ModelFile, OneThatIsNamedHasToBeThere) {
    const auto file = write("mine.bin", "");
    EXPECT_EQ(find_model({.size = "base", .file = file, .folders = {folder_}}).value(), file);
    const auto absent = find_model({.size = "base", .file = "/nowhere.bin", .folders = {}});
    ASSERT_FALSE(absent);
    EXPECT_THAT(absent.error().message(), HasSubstr("ASR_MODEL_PATH \"/nowhere.bin\""));
}

TEST_F(ModelFile, TheNewestVoiceGateIsTaken) {
    EXPECT_FALSE(find_voice_gate(choice("base"), folder_ / "ggml-base.bin"));
    write("ggml-silero-v5.1.2.bin", "");
    const auto newer = write("ggml-silero-v6.2.0.bin", "");
    EXPECT_EQ(find_voice_gate(choice("base"), folder_ / "ggml-base.bin"), newer);
}

TEST_F(ModelFile, AWholeOneIsAccepted) {
    const auto facts = check_model(write("model.bin", small_model()));
    ASSERT_TRUE(facts) << facts.error().message();
    EXPECT_EQ(facts->audio_positions, 1'500);
    EXPECT_FALSE(facts->is_multilingual);
    EXPECT_TRUE(check_model(write("model.bin", with(small_model(), kVocabularyAt, 51'865)))
                    ->is_multilingual);
}

TEST_F(ModelFile, EveryTruncationIsRefused) {
    const auto whole = small_model();
    for (std::size_t size = 0; size < whole.size(); size += size < kFiltersAt ? 1 : 997) {
        EXPECT_NE(problem_of(whole.substr(0, size)), "") << size;
    }
    EXPECT_THAT(problem_of(whole.substr(0, whole.size() - 1)), HasSubstr("it ends too early"));
    // Whole tensors missing.
    EXPECT_THAT(problem_of(whole.substr(0, whole.size() - tensor("tensor.49").size())),
                HasSubstr("it ends too early"));
}

TEST_F(ModelFile, OtherKindsOfFileAreNamed) {
    EXPECT_THAT(problem_of("GGUF" + small_model()), HasSubstr("GGUF"));
    EXPECT_THAT(problem_of("<html>404</html>"), HasSubstr("it begins with"));
    EXPECT_THAT(check_model(folder_ / "absent.bin").error().message(), HasSubstr("cannot be read"));
}

TEST_F(ModelFile, HostileSizesAreRefusedAndNamed) {
    constexpr std::int32_t kHuge = 0x7fffffff;
    const auto whole = small_model();
    EXPECT_THAT(problem_of(with(whole, kVocabularyAt, kHuge)), HasSubstr("vocabulary 2147483647"));
    EXPECT_THAT(problem_of(with(whole, kVocabularyAt, 1)), HasSubstr("vocabulary 1"));
    EXPECT_THAT(problem_of(with(whole, kPositionsAt, -1)), HasSubstr("audio positions -1"));
    EXPECT_THAT(problem_of(with(whole, 12, 65)), HasSubstr("states differ"));
    EXPECT_THAT(problem_of(with(whole, 16, 3)), HasSubstr("heads"));
    EXPECT_THAT(problem_of(with(whole, kLayersAt, 48)), HasSubstr("it ends too early"));
    EXPECT_THAT(problem_of(with(whole, kFiltersAt, kHuge)), HasSubstr("filters"));
    EXPECT_THAT(problem_of(with(whole, kTokensAt, kHuge)), HasSubstr("tokens"));
    EXPECT_THAT(problem_of(with(whole, kTokensAt + 4, -1)), HasSubstr("token 0 of -1 bytes"));
    EXPECT_THAT(problem_of(with(whole, kTensorsAt, 64)), HasSubstr("64 dimensions"));
    EXPECT_THAT(problem_of(with(whole, kTensorsAt, -1)), HasSubstr("-1 dimensions"));
    EXPECT_THAT(problem_of(with(whole, kTensorsAt + 4, kHuge)), HasSubstr("a name of"));
    EXPECT_THAT(problem_of(with(whole, kTensorsAt + 8, 9)), HasSubstr("unknown kind"));
    EXPECT_THAT(problem_of(with(whole, kTensorsAt + 12, kHuge)), HasSubstr("too early"));
    EXPECT_THAT(problem_of(with(whole, kTensorsAt + 12, -1)), HasSubstr("size -1"));
    EXPECT_THAT(problem_of(whole + tensor("tensor.0")), HasSubstr("twice"));
    EXPECT_THAT(problem_of(whole + tensor("one.more")), HasSubstr("51 tensors"));
    EXPECT_THAT(problem_of(whole + tensor("packed", 8, 33, 34)), HasSubstr("blocks of 32"));
}

TEST_F(ModelFile, AVoiceGateIsCheckedToo) {
    std::string gate;
    number(gate, 0x67676d6c);
    number(gate, 10);
    gate += "silero-16k";
    for (const std::int32_t value :
         {5, 1, 2, 512, 64, 4, 129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3, 128, 128, 128, 1}) {
        number(gate, value);
    }
    for (int i = 0; i < 15; ++i) {
        gate += tensor("t" + std::to_string(i));
    }
    EXPECT_TRUE(check_voice_gate(write("gate.bin", gate)));
    EXPECT_FALSE(check_voice_gate(write("gate.bin", gate.substr(0, gate.size() - 1))));
    EXPECT_FALSE(check_voice_gate(write("gate.bin", with(gate, 18 + 5 * 4, 1'000))));
    EXPECT_FALSE(check_voice_gate(write("gate.bin", small_model())));
    EXPECT_FALSE(check_voice_gate(folder_ / "absent.bin"));
}

}  // namespace
}  // namespace livedub::whisper
