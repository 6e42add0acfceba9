// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/report_json.hpp"

#include <cmath>
#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

namespace livedub::doctor {
namespace {

// Keeps the keys in the order in which they are written here.
using Json = nlohmann::ordered_json;

double ms(std::chrono::microseconds time) {
    return static_cast<double>(time.count()) / 1'000;
}

double rounded(double number, double step) {
    return std::round(number / step) * step;
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json{} : Json(text);
}

std::string_view name_of(Stage stage) {
    switch (stage) {
        case Stage::kRecognise:
            return "recognise";
        case Stage::kTranslate:
            return "translate";
        case Stage::kSpeak:
            return "speak";
    }
    return "";
}

Json settings_of(const Plan& plan) {
    return {{"source_language", plan.source_language},
            {"target_language", plan.target_language},
            {"speech", plan.has_speech},
            {"segment_ms", plan.segment.count()},
            {"delay_ms", plan.delay.count()},
            {"max_streams", plan.most_streams}};
}

Json machine_of(const Machine& machine) {
    return {{"cores", machine.cores},
            {"load", rounded(machine.load, 0.01)},
            {"memory_total_mib", static_cast<std::int64_t>(machine.memory_total_mib)},
            {"memory_available_mib", static_cast<std::int64_t>(machine.memory_available_mib)}};
}

Json engine_of(const EngineCheck& check) {
    Json out{{"name", check.name},
             {"stage", name_of(check.stage)},
             {"in_build", check.is_in_build},
             {"used", check.is_used},
             {"works", check.is_in_build && !check.problem},
             {"version", text_or_null(check.version)},
             {"problem", check.problem ? Json(check.problem->message()) : Json{}},
             {"load_ms", check.load ? Json(check.load->count()) : Json{}},
             {"memory_mib", check.memory_mib ? Json(std::llround(*check.memory_mib)) : Json{}}};
    const auto cost = [&](const char* key, auto value) {
        out[key] = check.cost ? Json(value(*check.cost)) : Json{};
    };
    cost("sample_ms", [](const Cost& it) { return ms(it.sample); });
    cost("wall_ms", [](const Cost& it) { return ms(it.wall); });
    cost("worst_ms", [](const Cost& it) { return ms(it.worst); });
    cost("cpu_ms", [](const Cost& it) { return ms(it.cpu); });
    cost("real_time_factor", [](const Cost& it) { return rounded(it.real_time_factor(), 1e-6); });
    return out;
}

Json capacity_json(const Capacity& capacity) {
    return {{"streams", capacity.streams},
            {"limit", to_string(capacity.limit)},
            {"worst_fragment_ms", capacity.worst_fragment.count()},
            {"delay_needed_ms", capacity.delay_needed.count()}};
}

Json finding_of(const Finding& finding) {
    return {{"section", to_string(finding.section)},
            {"name", finding.name},
            {"mark", to_string(finding.mark)},
            {"text", finding.text},
            {"remedy", text_or_null(finding.remedy)}};
}

}  // namespace

std::string to_json(const Report& report) {
    Json out{
        {"version", report.version}, {"ready", is_ready(report)}, {"verdict", verdict(report)}};
    for (const auto mark : {Mark::kOk, Mark::kInfo, Mark::kWarn, Mark::kFail}) {
        out["counts"][std::string{to_string(mark)}] = count(report, mark);
    }
    out["settings"] = settings_of(report.plan);
    out["machine"] = machine_of(report.machine);
    out["gstreamer"] = text_or_null(report.gstreamer);
    out["engines"] = Json::array();
    for (const auto& engine : report.engines) {
        out["engines"].push_back(engine_of(engine));
    }
    out["capacity"] = report.capacity ? capacity_json(*report.capacity) : Json{};
    out["findings"] = Json::array();
    for (const auto& finding : report.findings) {
        out["findings"].push_back(finding_of(finding));
    }
    constexpr int kIndent = 2;
    // Programs say what they like in their names: what is not UTF-8 is replaced, not thrown over.
    return out.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace livedub::doctor
