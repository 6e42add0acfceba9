// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/auth.hpp"

#include <ostream>
#include <string>

#include <gtest/gtest.h>

namespace livedub::sts_session {
namespace {

struct Row {
    std::string name;
    Credentials credentials;
    std::string key;
    bool is_let_in;

    friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

class Authorises : public testing::TestWithParam<Row> {};

TEST_P(Authorises, ByKey) {
    EXPECT_EQ(is_authorised(GetParam().credentials, GetParam().key), GetParam().is_let_in);
}

INSTANTIATE_TEST_SUITE_P(
    All, Authorises,
    testing::Values(Row{"NoKeyLetsEverybodyIn", {}, "", true},
                    Row{"NoKeyAcceptsAnyAuth", {R"({"token":"x"})", ""}, "", true},
                    Row{"TokenInConnect", {R"({"token":"secret"})", ""}, "secret", true},
                    Row{"BearerInHeader", {"", "Bearer secret"}, "secret", true},
                    Row{"WrongToken", {R"({"token":"Secret"})", ""}, "secret", false},
                    Row{"LongerToken", {R"({"token":"secretsecret"})", ""}, "secret", false},
                    Row{"ShorterToken", {R"({"token":"secre"})", ""}, "secret", false},
                    Row{"EmptyToken", {R"({"token":""})", ""}, "secret", false},
                    Row{"Nothing", {}, "secret", false},
                    Row{"NotJson", {"secret", ""}, "secret", false},
                    Row{"TokenIsNoText", {R"({"token":1})", ""}, "secret", false},
                    Row{"OtherScheme", {"", "Basic secret"}, "secret", false},
                    Row{"WrongBearer", {"", "Bearer other1"}, "secret", false}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace livedub::sts_session
