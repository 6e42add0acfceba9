// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/file_format.hpp"

#include <ostream>

#include <gtest/gtest.h>

#include "files/test_directory.hpp"

namespace livedub::models {
namespace {

struct Sample {
    std::string name;
    FileFormat format;
    std::string bytes;
    std::string complaint;  // empty: none

    friend void PrintTo(const Sample& it, std::ostream* out) { *out << it.name; }
};

class FormatOf : public testing::TestWithParam<Sample> {};

TEST_P(FormatOf, IsToldByItsBeginning) {
    const files::TestDirectory dir;
    files::put_file(dir.path() / "file", GetParam().bytes);

    EXPECT_EQ(complaint_about_format(dir.path() / "file", GetParam().format).value_or(""),
              GetParam().complaint);
}

std::string text(const char* bytes, std::size_t size) {
    return {bytes, size};
}

INSTANTIATE_TEST_SUITE_P(
    All, FormatOf,
    testing::Values(
        Sample{"Ggml", FileFormat::kGgml, text("lmgg\x99\xca\0\0", 8), ""},
        Sample{"Onnx", FileFormat::kOnnx, text("\x08\x07\x12\x07pytorch", 11), ""},
        Sample{"Json", FileFormat::kJson, R"({"audio": {"sample_rate": 22050}})", ""},
        Sample{"SentencePiece", FileFormat::kSentencePiece, text("\x0a\x0e\x0a\x05<unk>", 9), ""},
        Sample{"PageForGgml", FileFormat::kGgml, "<!doctype html>\n<title>Log in</title>",
               "not a GGML file: it begins with \"<!doctype html> \""},
        Sample{"GgufForGgml", FileFormat::kGgml, text("GGUF\x03\0\0\0", 8),
               "not a GGML file: it begins with the bytes 47 47 55 46"},
        Sample{"PointerForOnnx", FileFormat::kOnnx, "version https://git-lfs.github.com/spec/v1",
               "not an ONNX file: it begins with \"version https://\""},
        Sample{"ListForJson", FileFormat::kJson, "[1]",
               "not a JSON object: it begins with \"[1]\""},
        Sample{"CutJson", FileFormat::kJson, R"({"audio": )",
               "not a JSON object: it begins with \"{\"audio\": \""},
        Sample{"EmptyOnnx", FileFormat::kOnnx, "", "not an ONNX file: it is empty"},
        Sample{"OneByte", FileFormat::kSentencePiece, "\x0a",
               "not a SentencePiece model: it begins with \" \""}),
    [](const auto& it) { return it.param.name; });

}  // namespace
}  // namespace livedub::models
