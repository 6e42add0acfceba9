// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/onnx/model_file.hpp"

#include <string>

#include <gmock/gmock.h>

#include "files/test_directory.hpp"

namespace livedub::onnx {
namespace {

using std::string_literals::operator""s;
using testing::HasSubstr;

// The version of the format, and a graph of three bytes.
const std::string kModel = "\x08\x08\x3a\x03\x12\x01x"s;

std::string complaint(const std::string& bytes) {
    const files::TestDirectory directory;
    const auto file = directory.path() / "model.onnx";
    files::put_file(file, bytes);
    const auto checked = check_model_file(file);
    if (checked) {
        return "none";
    }
    EXPECT_EQ(checked.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(checked.error().message(), HasSubstr(file.string()));
    return checked.error().message();
}

TEST(CheckModelFile, TakesAModel) {
    EXPECT_EQ(complaint(kModel), "none");
}

TEST(CheckModelFile, RefusesWhatWasCutShort) {
    for (std::size_t bytes = 3; bytes < kModel.size(); ++bytes) {
        EXPECT_THAT(complaint(kModel.substr(0, bytes)), HasSubstr("cut short")) << bytes;
    }
    EXPECT_THAT(complaint("\x08\x08"), HasSubstr("cut short"));
    EXPECT_THAT(complaint("\x08\x08\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
                HasSubstr("cut short"));  // a graph of more bytes than there can be
}

TEST(CheckModelFile, RefusesAnotherKind) {
    for (const auto& bytes :
         {""s, "lmgg"s, "{\"audio\": 1}"s, "<html>"s, "\x08\x00\x3a\x00"s,
          "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s, "\x08\x08\x3b\x00"s}) {
        EXPECT_THAT(complaint(bytes), HasSubstr("no ONNX model"));
    }
}

TEST(CheckModelFile, TellsWhereNoFileIs) {
    const files::TestDirectory directory;

    for (const auto& path : {directory.path(), directory.path() / "model.onnx"}) {
        const auto checked = check_model_file(path);
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code(), ErrorCode::kUnavailable);
        EXPECT_THAT(checked.error().message(), HasSubstr(path.string()));
    }
}

}  // namespace
}  // namespace livedub::onnx
