// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What is printed, against tests/data/golden/doctor.txt: LIVEDUB_UPDATE_GOLDEN=1 writes it anew.

#include "doctor/report.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "doctor/judge.hpp"
#include "doctor/report_json.hpp"
#include "doctor/table.hpp"

namespace livedub::doctor {
namespace {

using namespace std::chrono_literals;

std::vector<EngineCheck> some_engines() {
    return {{.name = "pocketsphinx",
             .stage = Stage::kRecognise,
             .version = "0.8",
             .detail = "pocketsphinx-en-us",
             .load = 310ms,
             .memory_mib = 95.2,
             .cost = Cost{6s, 710ms, 940ms, 700ms}},
            {.name = "whisper",
             .stage = Stage::kRecognise,
             .is_in_build = false,
             .is_used = false,
             .detail = "needs libwhisper-dev when building"},
            {.name = "apertium",
             .stage = Stage::kTranslate,
             .package = "apertium",
             .problem = Error{ErrorCode::kInvalidArgument,
                              "apertium cannot translate en to ca: install the package "
                              "apertium-eng-cat"}},
            {.name = "espeak",
             .stage = Stage::kSpeak,
             .version = "1.51",
             .detail = "141 languages",
             .load = 12ms,
             .memory_mib = 2.6,
             .cost = Cost{6s, 13'100us, 15'000us, 5'000us}}};
}

/// A bit of everything.
Report some_report() {
    Report report{.version = "1.2.3",
                  .gstreamer = "1.22.0",
                  .plan = {.target_language = "ca"},
                  .machine = {.cores = 4,
                              .load = 0.4,
                              .memory_total_mib = 8'192,
                              .memory_available_mib = 5'222},
                  .engines = some_engines(),
                  .capacity = Capacity{.streams = 9,
                                       .limit = Limit::kCpu,
                                       .worst_fragment = 958ms,
                                       .delay_needed = 8'500ms,
                                       .delay_least = 7'500ms}};
    auto& findings = report.findings;
    findings = judge_machine(report.machine);
    findings.push_back(judge_port(
        {.name = "rtmp", .host = "0.0.0.0", .port = 1935, .flag = "--rtmp", .facts = {}}));
    findings.push_back(judge_port({.name = "api",
                                   .host = "0.0.0.0",
                                   .port = 9997,
                                   .flag = "--api",
                                   .facts = {.state = PortState::kHeld,
                                             .holder = PortHolder{812, "mediamtx"},
                                             .next_free = 9999}}));
    findings.push_back(judge_media(
        {.name = "rtmp", .purpose = "streams in and out", .present = {"rtmp2src", "rtmp2sink"}}));
    findings.push_back(judge_media({.name = "aac out",
                                    .purpose = "encoder",
                                    .missing = {"voaacenc"},
                                    .package = "gstreamer1.0-plugins-bad",
                                    .instead = "avenc_aac"}));
    for (const auto& engine : report.engines) {
        findings.push_back(judge_engine(engine, report.plan));
    }
    for (auto& finding : judge_capacity(report.capacity, "", report.plan)) {
        findings.push_back(std::move(finding));
    }
    findings.push_back(judge_service({.name = "mediamtx",
                                      .flag = "--mediamtx",
                                      .url = "http://h:9997/v3/paths/list",
                                      .said = "3 paths, 1 ready",
                                      .took = 4ms}));
    findings.push_back(judge_service({.name = "sts", .flag = "--sts"}));
    return report;
}

TEST(Table, LooksAsItDid) {
    const std::string path = LIVEDUB_SOURCE_DIR "/tests/data/golden/doctor.txt";
    const auto table = to_table(some_report(), {});
    if (std::getenv("LIVEDUB_UPDATE_GOLDEN") != nullptr) {
        std::ofstream{path} << table;
    }
    std::ifstream file{path};
    const std::string golden{std::istreambuf_iterator<char>{file}, {}};

    EXPECT_EQ(table, golden);
}

TEST(Table, HasColoursAndSymbolsWhereTheyAreShown) {
    const auto plain = to_table(some_report(), {});
    EXPECT_EQ(plain.find('\x1b'), std::string::npos);
    EXPECT_TRUE(std::ranges::all_of(plain, [](char c) { return c > 0; }));

    const auto rich = to_table(some_report(), {.has_colours = true, .has_symbols = true});
    EXPECT_NE(rich.find("\x1b[32m✓\x1b[0m rtmp"), std::string::npos);
    EXPECT_NE(rich.find("→ apt-get install apertium-eng-cat"), std::string::npos);
}

TEST(Table, LeavesOutSectionsWithoutFindings) {
    Report report{.version = "1"};
    EXPECT_EQ(to_table(report, {}),
              "livedub 1 doctor   en -> es, fragments of 6 s, 15 s later\n\nReady.\n");
}

TEST(Verdict, CountsWhatIsToMend) {
    Report report;
    const auto add = [&](Mark mark) { report.findings.push_back({.mark = mark}); };
    EXPECT_EQ(verdict(report), "Ready.");
    add(Mark::kInfo);
    add(Mark::kWarn);
    EXPECT_EQ(verdict(report), "Ready, with 1 warning.");
    EXPECT_TRUE(is_ready(report));
    add(Mark::kFail);
    EXPECT_EQ(verdict(report), "Not ready: 1 thing to mend, and 1 warning.");
    EXPECT_FALSE(is_ready(report));
    add(Mark::kFail);
    add(Mark::kWarn);
    EXPECT_EQ(verdict(report), "Not ready: 2 things to mend, and 2 warnings.");
}

TEST(Json, SaysTheSame) {
    const auto json = nlohmann::json::parse(to_json(some_report()));

    EXPECT_EQ(json["version"], "1.2.3");
    EXPECT_EQ(json["ready"], false);
    EXPECT_EQ(json["counts"]["fail"], 2);
    EXPECT_EQ(json["settings"]["target_language"], "ca");
    EXPECT_EQ(json["machine"]["memory_available_mib"], 5'222);
    EXPECT_EQ(json["engines"][0]["cpu_ms"], 700.0);
    EXPECT_EQ(json["engines"][0]["real_time_factor"], 0.118333);
    EXPECT_EQ(json["engines"][1]["in_build"], false);
    EXPECT_TRUE(json["engines"][1]["load_ms"].is_null());
    EXPECT_EQ(json["engines"][2]["works"], false);
    EXPECT_EQ(json["capacity"]["delay_needed_ms"], 8'500);
    EXPECT_EQ(json["findings"].size(), some_report().findings.size());
    EXPECT_EQ(json["findings"][3]["remedy"], "livedub up --api 0.0.0.0:9999");
    EXPECT_EQ(json["findings"][3]["mark"], "fail");
}

TEST(Json, IsThereWithoutMeasuresAndWithNamesThatAreNoText) {
    auto report = some_report();
    report.capacity.reset();
    report.findings[0].text = "\xff\xfe";

    const auto json = nlohmann::json::parse(to_json(report));

    EXPECT_TRUE(json["capacity"].is_null());
}

}  // namespace
}  // namespace livedub::doctor
