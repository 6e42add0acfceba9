// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/digest.hpp"

#include <gtest/gtest.h>

#include "files/test_directory.hpp"

namespace livedub::models {
namespace {

TEST(Sha256, IsThatOfTheStandard) {
    const files::TestDirectory dir;
    files::put_file(dir.path() / "abc", "abc");
    files::put_file(dir.path() / "empty", "");
    files::put_file(dir.path() / "million", std::string(1'000'000, 'a'));

    EXPECT_EQ(sha256_of(dir.path() / "abc").value(),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_of(dir.path() / "empty").value(),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_of(dir.path() / "million").value(),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfWhatCannotBeReadIsAnErrorThatNamesIt) {
    const files::TestDirectory dir;
    for (const auto& path : {dir.path() / "absent", dir.path()}) {
        const auto digest = sha256_of(path);
        ASSERT_FALSE(digest.has_value()) << path;
        EXPECT_EQ(digest.error().code(), ErrorCode::kUnavailable);
        EXPECT_NE(digest.error().message().find(path.string()), std::string::npos);
    }
}

TEST(Sha256, StopsWhenAskedTo) {
    const files::TestDirectory dir;
    files::put_file(dir.path() / "abc", "abc");
    std::stop_source stop;
    stop.request_stop();

    const auto digest = sha256_of(dir.path() / "abc", stop.get_token());

    ASSERT_FALSE(digest.has_value());
    EXPECT_EQ(digest.error().code(), ErrorCode::kCancelled);
}

}  // namespace
}  // namespace livedub::models
