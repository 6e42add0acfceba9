// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/verify.hpp"

#include <gtest/gtest.h>

#include "files/test_directory.hpp"
#include "models/pull_record.hpp"

namespace livedub::models {
namespace {

namespace fs = std::filesystem;

constexpr const char* kShaOfAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

class VerifyTest : public testing::Test {
  protected:
    void put(const std::string& bytes) const { files::put_file(dir_.path() / "m", bytes); }
    [[nodiscard]] FileVerdict verdict() const { return verify(file_, dir_.path()).value(); }

    files::TestDirectory dir_;
    ModelFile file_{.path = "m", .format = FileFormat::kJson, .url = "https://x/m"};
};

TEST_F(VerifyTest, AFileWithTheCataloguesChecksumIsGood) {
    file_.sha256 = kShaOfAbc;
    file_.bytes = 3;
    put("abc");

    EXPECT_EQ(verdict().verdict, Verdict::kGood);
    EXPECT_EQ(verdict().text, "3 bytes, SHA-256 as in the catalogue");
}

TEST_F(VerifyTest, AnotherIsBadAndTheNumbersAreTold) {
    file_.sha256 = kShaOfAbc;
    put("abd");
    EXPECT_EQ(verdict().verdict, Verdict::kBad);
    EXPECT_NE(verdict().text.find(std::string{"should be "} + kShaOfAbc), std::string::npos);

    file_.bytes = 5;
    EXPECT_EQ(verdict().verdict, Verdict::kBad);
    EXPECT_EQ(verdict().text, "3 bytes, should be 5");
}

TEST_F(VerifyTest, WithoutAChecksumItIsHeldAgainstWhatWasPulled) {
    put("{}");
    EXPECT_EQ(verdict().verdict, Verdict::kPlausible);

    const auto record = dir_.path() / "m.pulled";
    ASSERT_TRUE(
        write_record(record,
                     {.url = "https://x/m",
                      .bytes = 2,
                      .sha256 = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"})
            .has_value());
    EXPECT_EQ(verdict().verdict, Verdict::kUnchanged) << verdict().text;

    put("{ }");
    EXPECT_EQ(verdict().verdict, Verdict::kBad);
    EXPECT_NE(verdict().text.find("when it was pulled"), std::string::npos);
}

TEST_F(VerifyTest, ARecordThatCannotBeReadIsNone) {
    put("{}");
    for (const auto* record : {"", "{", "[]", R"({"sha256": 7})"}) {
        files::put_file(dir_.path() / "m.pulled", record);
        EXPECT_EQ(verdict().verdict, Verdict::kPlausible) << record;
    }
}

TEST_F(VerifyTest, WhatCannotBeOneIsBad) {
    put("<html>");
    EXPECT_EQ(verdict().verdict, Verdict::kBad);
    EXPECT_EQ(verdict().text, "not a JSON object: it begins with \"<html>\"");

    fs::remove(dir_.path() / "m");
    fs::create_directory(dir_.path() / "m");
    EXPECT_EQ(verdict().verdict, Verdict::kBad);
    EXPECT_EQ(verdict().text, "not a file");
}

TEST_F(VerifyTest, WhatIsNotThereIsMissing) {
    EXPECT_EQ(verdict().verdict, Verdict::kMissing);
    EXPECT_EQ(verdict().text, "not there");
    files::put_file(dir_.path() / "m.part", "a");
    EXPECT_EQ(verdict().text, "only a part is there");
    EXPECT_TRUE(is_failure(Verdict::kMissing));
    EXPECT_FALSE(is_failure(Verdict::kPlausible));
}

}  // namespace
}  // namespace livedub::models
