// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "config/settings.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

const std::vector<SettingSpec> kSpecs{
    {.name = "TARGET", .default_value = "es", .help = "", .flag = "to", .aliases = {"OLD_TARGET"}},
    {.name = "DELAY", .default_value = "15s", .help = ""},
};

class SettingsFile : public testing::Test {
  protected:
    void write(const std::string& text) const { std::ofstream{path_} << text; }
    void TearDown() override { std::filesystem::remove(path_); }

    // The tests of this file run beside each other, each in a process of its own.
    const std::string path_ = testing::TempDir() + "livedub-settings-" +
                              testing::UnitTest::GetInstance()->current_test_info()->name() +
                              ".conf";
};

Environment environment(std::map<std::string, std::string> values) {
    return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional{found->second};
    };
}

std::string target(const std::map<std::string, std::string>& flags, const Environment& env,
                   const std::optional<std::string>& file) {
    const auto settings = Settings::load(kSpecs, flags, env, file);
    return settings ? settings->text("TARGET") : "error: " + settings.error().message();
}

TEST_F(SettingsFile, EachPlaceBeatsTheOneBefore) {
    write("# comment\n\n TARGET = fr \n");

    EXPECT_EQ(target({}, environment({}), std::nullopt), "es");
    EXPECT_EQ(target({}, environment({}), path_), "fr");
    EXPECT_EQ(target({}, environment({{"TARGET", "de"}}), path_), "de");
    EXPECT_EQ(target({{"TARGET", "it"}}, environment({{"TARGET", "de"}}), path_), "it");
}

TEST_F(SettingsFile, EmptyIsUnsetAndTheFirstAliasSetWins) {
    EXPECT_EQ(target({{"TARGET", ""}}, environment({{"TARGET", ""}, {"OLD_TARGET", "ca"}}), {}),
              "ca");
    EXPECT_EQ(target({}, environment({{"TARGET", "gl"}, {"OLD_TARGET", "ca"}}), {}), "gl");
}

TEST_F(SettingsFile, ABadFileIsNamedWithItsLine) {
    write("TARGET=es\nTARGETT=fr\n");
    EXPECT_THAT(target({}, environment({}), path_),
                AllOf(HasSubstr("line 2"), HasSubstr("no setting \"TARGETT\"")));
    write("TARGET\n");
    EXPECT_THAT(target({}, environment({}), path_),
                AllOf(HasSubstr("line 1"), HasSubstr("not NAME=value")));
    EXPECT_THAT(target({}, environment({}), "/nonexistent.conf"), HasSubstr("cannot be read"));
}

TEST_F(SettingsFile, ARefusedValueNamesEverythingThereIsToKnow) {
    const auto settings = Settings::load(kSpecs, {{"DELAY", "90s"}}, environment({}), {});

    const auto delay = settings->duration("DELAY", seconds{1}, seconds{1}, seconds{60});

    ASSERT_FALSE(delay.has_value());
    EXPECT_THAT(delay.error().message(),
                AllOf(HasSubstr("DELAY = \"90s\" (--delay)"), HasSubstr("from 1s to 60s")));
}

TEST(Settings, AValueSetByAnOlderNameIsRefusedByThatName) {
    const auto refusal = [](std::map<std::string, std::string> values) {
        return Settings::load(kSpecs, {}, environment(std::move(values)), {})
            ->refuse("TARGET", "a language")
            .message();
    };

    EXPECT_THAT(refusal({{"OLD_TARGET", "??"}}), testing::StartsWith("OLD_TARGET = \"??\""));
    EXPECT_THAT(refusal({{"TARGET", "??"}, {"OLD_TARGET", "ca"}}),
                testing::StartsWith("TARGET = \"??\""));
    EXPECT_THAT(refusal({}), testing::StartsWith("TARGET = \"es\" (default)"));
}

TEST(Settings, ASecretIsNotShownAndADefaultIsNotSet) {
    const std::vector<SettingSpec> specs{
        {.name = "KEY", .default_value = "", .help = "", .is_secret = true},
        {.name = "MODE", .default_value = "a", .help = ""}};
    const auto settings = Settings::load(specs, {}, environment({{"KEY", "hush"}}), {});

    const auto error = settings->refuse("KEY", "printable");
    EXPECT_THAT(error.message(), AllOf(HasSubstr("KEY"), testing::Not(HasSubstr("hush"))));
    EXPECT_TRUE(settings->is_set("KEY"));
    EXPECT_FALSE(settings->is_set("MODE"));
}

TEST(Settings, APasswordInAUrlIsNotShown) {
    const std::vector<SettingSpec> specs{{.name = "URL", .default_value = "", .help = ""}};
    const auto shown = [&](const std::string& value) {
        return Settings::load(specs, {}, environment({{"URL", value}}), {})
            ->refuse("URL", "a URL")
            .message();
    };

    EXPECT_THAT(shown("ftp://me:hush@host/a"), HasSubstr("\"ftp://***@host/a\""));
    EXPECT_THAT(shown("ftp://me:hu/sh@host"), HasSubstr("\"ftp://***@host\""));
    EXPECT_THAT(shown("ftp//me:hush@host"), HasSubstr("\"ftp//***@host\""));
    EXPECT_THAT(shown("me:hush@host:1"), HasSubstr("\"***@host:1\""));
    EXPECT_THAT(shown("ftp://host:1/a"), HasSubstr("\"ftp://host:1/a\""));
    EXPECT_THAT(shown("me@host"), HasSubstr("\"me@host\""));
}

TEST_F(SettingsFile, ALineWithoutASignIsNotShownBeyondItsFirstWord) {
    for (const auto* line : {"KEY hush", "KEY: hush", "KEY:hush", "KEY\thush"}) {
        write(line);
        EXPECT_THAT(target({}, environment({}), path_),
                    AllOf(HasSubstr("line 1: \"KEY\" is not"), testing::Not(HasSubstr("hush"))));
    }
}

class SecretFile : public SettingsFile {
  protected:
    /// The path of a file that holds `text`.
    [[nodiscard]] std::string secret(const std::string& text) const {
        std::ofstream{secret_path_} << text;
        return secret_path_;
    }
    void TearDown() override {
        std::filesystem::remove(secret_path_);
        SettingsFile::TearDown();
    }

    [[nodiscard]] Result<Settings> load(const Environment& env,
                                        const std::optional<std::string>& file = {}) const {
        return Settings::load(specs_, {}, env, file);
    }

    const std::vector<SettingSpec> specs_{
        {.name = "KEY", .default_value = "", .help = "", .aliases = {"OLD_KEY"}, .is_secret = true},
        {.name = "MODE", .default_value = "a", .help = ""}};

  private:
    const std::string secret_path_ = path_ + ".secret";
};

TEST_F(SecretFile, HoldsASecret) {
    const auto path = secret("hush\n");

    EXPECT_EQ(load(environment({{"KEY_FILE", path}}))->text("KEY"), "hush");
    EXPECT_EQ(load(environment({{"OLD_KEY_FILE", path}}))->text("KEY"), "hush");
    EXPECT_EQ(load(environment({{"KEY_FILE", path}, {"OLD_KEY", "itself"}}))->text("KEY"),
              "itself");
    EXPECT_EQ(load(environment({{"KEY_FILE", ""}}))->text("KEY"), "");
    EXPECT_EQ(load(environment({{"MODE_FILE", path}}))->text("MODE"), "a");  // is no secret
}

TEST_F(SecretFile, MayBeNamedInTheConfigurationFile) {
    const auto path = secret("hush\n");
    write("KEY_FILE=" + path + "\n");

    EXPECT_EQ(load(environment({}), path_)->text("KEY"), "hush");
    EXPECT_EQ(load(environment({{"KEY", "stronger"}}), path_)->text("KEY"), "stronger");
    write("MODE_FILE=x\n");
    EXPECT_FALSE(load(environment({}), path_).has_value());
}

TEST_F(SecretFile, ThatHoldsNoneIsRefusedWithoutAWordOfIt) {
    const auto message = [&](const std::string& path) {
        return load(environment({{"KEY_FILE", path}})).error().message();
    };

    EXPECT_THAT(message("/no/such/file"),
                HasSubstr("KEY_FILE = \"/no/such/file\" (environment) cannot be read; allowed: "));
    EXPECT_THAT(message("/"), HasSubstr("cannot be read"));
    EXPECT_THAT(message("/dev/zero"), HasSubstr("is too long"));
    EXPECT_THAT(message(secret(" \n")), HasSubstr("is empty"));
    EXPECT_THAT(message(secret("")), HasSubstr("is empty"));
    EXPECT_THAT(message(secret("hush\nhush")),
                AllOf(HasSubstr("more than that"), testing::Not(HasSubstr("hush"))));
}

TEST(Duration, UnderstandsUnitsAndBareNumbers) {
    EXPECT_EQ(parse_duration("500ms", seconds{1}), milliseconds{500});
    EXPECT_EQ(parse_duration("6s", seconds{1}), milliseconds{6'000});
    EXPECT_EQ(parse_duration("1m30s", seconds{1}), milliseconds{90'000});
    EXPECT_EQ(parse_duration("2.5s", seconds{1}), milliseconds{2'500});
    EXPECT_EQ(parse_duration("8000", milliseconds{1}), milliseconds{8'000});
    EXPECT_EQ(parse_duration("8", seconds{1}), milliseconds{8'000});
    for (const auto* bad : {"", "s", "6x", "-1s", "1s2", "1e99s", "6 s", "nan"}) {
        EXPECT_EQ(parse_duration(bad, seconds{1}), std::nullopt) << bad;
    }
}

}  // namespace
}  // namespace livedub::config
