// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/judge.hpp"

#include <gtest/gtest.h>

namespace livedub::doctor {
namespace {

using namespace std::chrono_literals;

TEST(JudgeMachine, WarnsOfABusyOneAndOfLittleMemory) {
    const auto good = judge_machine(
        {.cores = 2, .load = 0.5, .memory_total_mib = 8192, .memory_available_mib = 4096});
    EXPECT_EQ(good[0].mark, Mark::kOk);
    EXPECT_EQ(good[1].text, "4.0 of 8.0 GiB available");

    const auto bad = judge_machine(
        {.cores = 1.5, .load = 4, .memory_total_mib = 1024, .memory_available_mib = 100});
    EXPECT_EQ(bad[0].mark, Mark::kWarn);
    EXPECT_EQ(bad[0].text.rfind("1.5, load 4.0: busy", 0), 0U) << bad[0].text;
    EXPECT_EQ(bad[1].mark, Mark::kWarn);
}

PortCheck rtmp(PortFacts facts) {
    return {
        .name = "rtmp", .host = "::1", .port = 1935, .flag = "--rtmp", .facts = std::move(facts)};
}

TEST(JudgePort, NamesWhoHoldsItAndWhereElseToGo) {
    const auto finding = judge_port(rtmp(
        {.state = PortState::kHeld, .holder = PortHolder{812, "mediamtx"}, .next_free = 1936}));

    EXPECT_EQ(finding.mark, Mark::kFail);
    EXPECT_EQ(finding.text, "[::1]:1935, held by mediamtx (pid 812)");
    EXPECT_EQ(finding.remedy, "livedub up --rtmp [::1]:1936");
}

TEST(JudgePort, SaysSoWhenTheHolderCannotBeSeen) {
    const auto finding = judge_port(rtmp({.state = PortState::kHeld}));

    EXPECT_NE(finding.text.find("a process that cannot be seen from here"), std::string::npos);
    EXPECT_EQ(finding.remedy, "");
}

TEST(JudgePort, OfAnotherProgramIsOnlyTold) {
    PortCheck check{.name = "8080", .host = "0.0.0.0", .port = 8080, .purpose = "media-service"};
    EXPECT_EQ(judge_port(check).mark, Mark::kInfo);
    EXPECT_EQ(judge_port(check).text, "0.0.0.0:8080 (media-service), free");

    check.facts = {.state = PortState::kHeld, .holder = PortHolder{7, "nginx"}, .next_free = 8081};
    EXPECT_EQ(judge_port(check).mark, Mark::kInfo);
    EXPECT_EQ(judge_port(check).text, "0.0.0.0:8080 (media-service), held by nginx (pid 7)");
    EXPECT_EQ(judge_port(check).remedy, "");
}

TEST(JudgePort, FailsWhereOneCannotListen) {
    EXPECT_EQ(judge_port(rtmp({.state = PortState::kForbidden})).mark, Mark::kFail);
    const auto elsewhere = judge_port(rtmp({.state = PortState::kNoAddress, .problem = "no"}));
    EXPECT_EQ(elsewhere.mark, Mark::kFail);
    EXPECT_EQ(elsewhere.remedy, "livedub up --rtmp 0.0.0.0:1935");
    EXPECT_EQ(judge_port(rtmp({})).mark, Mark::kOk);
}

TEST(JudgeMedia, FailsForWhatEverythingNeeds) {
    MediaCheck check{.name = "rtmp", .purpose = "streams", .present = {"a"}, .package = "p"};
    EXPECT_EQ(judge_media(check).mark, Mark::kOk);
    EXPECT_EQ(judge_media(check).text, "streams: a");

    check.missing = {"b", "c"};
    EXPECT_EQ(judge_media(check).mark, Mark::kFail);
    EXPECT_EQ(judge_media(check).text, "streams: b, c missing");
    EXPECT_EQ(judge_media(check).remedy, "apt-get install p");

    check.need = Need::kSometimes;
    EXPECT_EQ(judge_media(check).mark, Mark::kWarn);

    check.need = Need::kAlways;
    check.instead = "d";
    EXPECT_EQ(judge_media(check).mark, Mark::kWarn);
    EXPECT_EQ(judge_media(check).text, "streams: b, c missing, d instead");
}

TEST(JudgeEngine, ShowsWhatWasMeasured) {
    const auto finding = judge_engine({.name = "x",
                                       .version = "1.2",
                                       .detail = "en",
                                       .load = 310ms,
                                       .memory_mib = 95.4,
                                       .cost = Cost{6s, 710ms, 900ms, 2'400us}},
                                      {});

    EXPECT_EQ(finding.mark, Mark::kOk);
    EXPECT_EQ(finding.text, "1.2, en");
    EXPECT_EQ(finding.cells,
              (std::vector<std::string>{"0.31 s", "95 MiB", "0.71 s", "2.4 ms", "0.1183"}));
    EXPECT_EQ(finding.cells.size(), engine_columns().size());
}

TEST(JudgeEngine, FailsOnlyWhereItIsUsed) {
    EngineCheck check{.name = "x",
                      .is_in_build = false,
                      .detail = "needs libx-dev when building",
                      .package = "libx-dev"};
    EXPECT_EQ(judge_engine(check, {}).mark, Mark::kFail);
    EXPECT_EQ(judge_engine(check, {}).remedy, "apt-get install libx-dev && make release");

    check.is_used = false;
    EXPECT_EQ(judge_engine(check, {}).mark, Mark::kInfo);
    EXPECT_EQ(judge_engine(check, {}).remedy, "");
    EXPECT_EQ(judge_engine(check, {}).text, "not in this build: needs libx-dev when building");

    check.is_in_build = true;
    EXPECT_EQ(judge_engine(check, {}).mark, Mark::kInfo);
    EXPECT_EQ(judge_engine(check, {.has_speech = false}).text,
              "needs libx-dev when building (speech is off)");
}

TEST(JudgeEngine, MendsWhatAPackageMends) {
    EngineCheck check{.name = "x", .package = "x-data"};
    check.problem =
        Error{ErrorCode::kInvalidArgument, "no en to ca: install the package x-eng-cat"};
    EXPECT_EQ(judge_engine(check, {}).mark, Mark::kFail);
    EXPECT_EQ(judge_engine(check, {}).remedy, "apt-get install x-eng-cat");

    check.problem = Error{ErrorCode::kUnavailable, "start 'x': No such file or directory"};
    EXPECT_EQ(judge_engine(check, {}).remedy, "apt-get install x-data");

    check.problem = Error{ErrorCode::kInvalidArgument, "x does not recognise \"de\""};
    EXPECT_EQ(judge_engine(check, {}).remedy, "");
}

TEST(JudgeEngine, FailsWhenItIsSlowerThanSpeech) {
    EXPECT_EQ(judge_engine({.name = "x", .cost = Cost{6s, 6s, 7s, 6s}}, {}).mark, Mark::kFail);
}

TEST(JudgeModels, NamesWhatIsThereAndMendsWhatIsNotWhole) {
    const auto none = judge_models({.directory = "/models"});
    EXPECT_EQ(none.mark, Mark::kInfo);
    EXPECT_EQ(none.text, "none in /models");

    const auto some = judge_models({.directory = "/models", .present = {"a", "b"}});
    EXPECT_EQ(some.mark, Mark::kInfo);
    EXPECT_EQ(some.text, "/models: a, b");

    const auto half = judge_models({.directory = "/models", .unfinished = {"c", "d"}});
    EXPECT_EQ(half.mark, Mark::kWarn);
    EXPECT_EQ(half.text, "none in /models; not whole: c, d");
    EXPECT_EQ(half.remedy, "livedub models pull c d");
}

TEST(JudgeCapacity, ComparesWithWhatIsConfigured) {
    const Capacity capacity{.streams = 4,
                            .limit = Limit::kCpu,
                            .worst_fragment = 900ms,
                            .delay_needed = 8'400ms,
                            .delay_least = 7'400ms};
    const auto marks = [&](const Plan& plan) {
        const auto findings = judge_capacity(capacity, "", plan);
        return std::pair{findings[0].mark, findings[1].mark};
    };

    EXPECT_EQ(marks({.delay = 15s, .most_streams = 4}), std::pair(Mark::kOk, Mark::kOk));
    EXPECT_EQ(marks({.delay = 8'400ms, .most_streams = 5}), std::pair(Mark::kWarn, Mark::kOk));
    EXPECT_EQ(marks({.delay = 8s, .most_streams = 0}), std::pair(Mark::kWarn, Mark::kWarn));
    EXPECT_EQ(marks({.delay = 7s, .most_streams = 1}), std::pair(Mark::kOk, Mark::kFail));
    EXPECT_EQ(judge_capacity(capacity, "", {.delay = 7s})[1].remedy, "livedub up --delay 8400ms");
    EXPECT_EQ(judge_capacity(Capacity{}, "", {})[0].mark, Mark::kFail);

    const auto none = judge_capacity(std::nullopt, "not measured", {});
    ASSERT_EQ(none.size(), 1U);
    EXPECT_EQ(none[0].mark, Mark::kInfo);
}

TEST(JudgeService, IsOnlyAskedWhenNamed) {
    ServiceCheck check{.name = "sts", .flag = "--sts"};
    EXPECT_EQ(judge_service(check).mark, Mark::kInfo);
    EXPECT_EQ(judge_service(check).text, "not asked (--sts URL)");

    check.url = "http://h/health";
    check.said = "echo-sts healthy";
    check.took = 12ms;
    EXPECT_EQ(judge_service(check).mark, Mark::kOk);
    EXPECT_EQ(judge_service(check).text, "http://h/health: echo-sts healthy, in 12.0 ms");

    check.problem = "http://h/health: refused";
    EXPECT_EQ(judge_service(check).mark, Mark::kFail);
}

}  // namespace
}  // namespace livedub::doctor
