// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/http_status.hpp"

#include <gtest/gtest.h>

namespace livedub::sio {
namespace {

struct Case {
    unsigned status;
    ErrorCode code;
};

class HttpStatus : public testing::TestWithParam<Case> {};

TEST_P(HttpStatus, SaysWhetherToTryAgain) {
    EXPECT_EQ(error_of_status(GetParam().status, "").code(), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    Table, HttpStatus,
    testing::Values(Case{301, ErrorCode::kProtocol}, Case{400, ErrorCode::kProtocol},
                    Case{401, ErrorCode::kProtocol}, Case{404, ErrorCode::kProtocol},
                    Case{408, ErrorCode::kUnavailable}, Case{429, ErrorCode::kUnavailable},
                    Case{500, ErrorCode::kUnavailable}, Case{503, ErrorCode::kUnavailable}));

TEST(HttpStatus, ShowsTheBeginningOfTheBodyOnOneLine) {
    const auto error =
        error_of_status(400, "{\"code\":1,\n\"message\":\"" + std::string(1000, 'x'));
    EXPECT_TRUE(error.message().starts_with("HTTP 400: {\"code\":1, \"message\":\"x"));
    EXPECT_LT(error.message().size(), 250U);
}

}  // namespace
}  // namespace livedub::sio
