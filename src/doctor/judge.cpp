// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/judge.hpp"

#include <array>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace livedub::doctor {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr double kMibPerGib = 1024;
constexpr double kLittleMemoryMib = 512;

std::string install(std::string_view package) {
    return fmt::format("apt-get install {}", package);
}

double seconds(std::chrono::microseconds time) {
    return Seconds{time}.count();
}

/// "0.31 s", "2.4 ms": three digits, whatever it is.
std::string shown(std::chrono::microseconds time) {
    return time < std::chrono::milliseconds{100} ? fmt::format("{:.1f} ms", seconds(time) * 1'000)
                                                 : fmt::format("{:.2f} s", seconds(time));
}

std::string authority(const std::string& host, std::uint16_t port) {
    return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                               : fmt::format("[{}]:{}", host, port);
}

Finding held_port(const PortCheck& check, Finding finding) {
    const auto& facts = check.facts;
    const auto who = facts.holder
                         ? fmt::format("{} (pid {})", facts.holder->program, facts.holder->pid)
                         : std::string{"a process that cannot be seen from here"};
    if (check.flag.empty()) {
        finding.text = fmt::format("{}, held by {}", finding.text, who);
        return finding;
    }
    finding.mark = Mark::kFail;
    finding.text += ", held by " + who;
    if (facts.next_free != 0) {
        finding.remedy =
            fmt::format("livedub up {} {}", check.flag, authority(check.host, facts.next_free));
    }
    return finding;
}

/// Of an engine that does not work: whoever does not use it need not mind.
Mark severity(const EngineCheck& check) {
    return check.is_used ? Mark::kFail : Mark::kInfo;
}

std::string remedy_for(const EngineCheck& check) {
    if (!check.is_in_build) {
        return check.package.empty() ? "" : install(check.package) + " && make release";
    }
    auto remedy = remedy_in(check.problem->message());
    // What is missing of an engine, its package has. A language that it does not know, none has.
    if (remedy.empty() && check.problem->code() == ErrorCode::kUnavailable &&
        !check.package.empty()) {
        remedy = install(check.package);
    }
    return remedy;
}

std::string described(const EngineCheck& check) {
    if (check.version.empty() || check.detail.empty()) {
        return check.version + check.detail;
    }
    return fmt::format("{}, {}", check.version, check.detail);
}

Finding judge_streams(const Capacity& capacity, const Plan& plan) {
    Finding finding{.section = Section::kCapacity, .name = "streams"};
    finding.text = fmt::format("{} at once in fragments of {:g} s, limited by {}", capacity.streams,
                               seconds(plan.segment), to_string(capacity.limit));
    if (capacity.streams == 0) {
        finding.mark = Mark::kFail;
    } else if (plan.most_streams == 0 || plan.most_streams > capacity.streams) {
        finding.mark = Mark::kWarn;
        finding.text += plan.most_streams == 0 ? "; any number is allowed"
                                               : fmt::format("; {} are allowed", plan.most_streams);
        finding.remedy = fmt::format("livedub up --max-concurrent-streams {}", capacity.streams);
    }
    return finding;
}

Finding judge_delay(const Capacity& capacity, const Plan& plan) {
    Finding finding{.section = Section::kCapacity, .name = "delay"};
    finding.text =
        fmt::format("{:g} s; {:g} s are needed (a fragment takes up to {})", seconds(plan.delay),
                    seconds(capacity.delay_needed), shown(capacity.worst_fragment));
    if (plan.delay < capacity.delay_needed) {
        finding.mark = plan.delay < capacity.delay_least ? Mark::kFail : Mark::kWarn;
        finding.remedy = fmt::format("livedub up --delay {}ms", capacity.delay_needed.count());
    }
    return finding;
}

}  // namespace

std::vector<Finding> judge_machine(const Machine& machine) {
    Finding cores{.section = Section::kMachine, .name = "cores"};
    cores.text = fmt::format("{:g}, load {:.1f}", machine.cores, machine.load);
    if (machine.load > machine.cores) {
        cores.mark = Mark::kWarn;
        cores.text += ": busy already, what is measured below is too slow";
    }
    Finding memory{.section = Section::kMachine, .name = "memory"};
    memory.text =
        fmt::format("{:.1f} of {:.1f} GiB available", machine.memory_available_mib / kMibPerGib,
                    machine.memory_total_mib / kMibPerGib);
    if (machine.memory_available_mib < kLittleMemoryMib) {
        memory.mark = Mark::kWarn;
    }
    return {cores, memory};
}

Finding judge_port(const PortCheck& check) {
    Finding finding{.section = Section::kPorts, .name = check.name};
    finding.mark = check.flag.empty() ? Mark::kInfo : Mark::kOk;
    finding.text = authority(check.host, check.port);
    if (!check.purpose.empty()) {
        finding.text += fmt::format(" ({})", check.purpose);
    }
    const auto is_ours = !check.flag.empty();
    switch (check.facts.state) {
        case PortState::kFree:
            finding.text = check.port == 0 ? fmt::format("{}, any free port", check.host)
                                           : finding.text + ", free";
            break;
        case PortState::kHeld:
            return held_port(check, std::move(finding));
        case PortState::kForbidden:
            finding.mark = is_ours ? Mark::kFail : Mark::kInfo;
            finding.text += ", which only root may listen on";
            break;
        case PortState::kNoAddress:
            finding.mark = is_ours ? Mark::kFail : Mark::kInfo;
            finding.text += ", no address of this machine: " + check.facts.problem;
            finding.remedy =
                is_ours ? fmt::format("livedub up {} 0.0.0.0:{}", check.flag, check.port) : "";
            break;
    }
    return finding;
}

Finding judge_media(const MediaCheck& check) {
    Finding finding{.section = Section::kMedia, .name = check.name};
    if (check.missing.empty()) {
        finding.text = fmt::format("{}: {}", check.purpose, fmt::join(check.present, ", "));
        return finding;
    }
    finding.mark = check.need == Need::kAlways && check.instead.empty() ? Mark::kFail : Mark::kWarn;
    finding.text = fmt::format("{}: {} missing", check.purpose, fmt::join(check.missing, ", "));
    if (!check.instead.empty()) {
        finding.text += fmt::format(", {} instead", check.instead);
    }
    finding.remedy = install(check.package);
    return finding;
}

std::span<const std::string_view> engine_columns() noexcept {
    static constexpr std::array<std::string_view, 5> kColumns{"load", "memory", "6 s take",
                                                              "processor", "x real time"};
    return kColumns;
}

Finding judge_engine(const EngineCheck& check, const Plan& plan) {
    Finding finding{.section = Section::kEngines, .name = check.name};
    if (!check.is_in_build) {
        finding.mark = severity(check);
        finding.text = "not in this build: " + check.detail;
        finding.remedy = check.is_used ? remedy_for(check) : "";
        return finding;
    }
    if (check.problem) {
        finding.mark = severity(check);
        finding.text = check.problem->message();
        finding.remedy = remedy_for(check);
        return finding;
    }
    finding.text = described(check);
    finding.mark = check.is_used ? Mark::kOk : Mark::kInfo;
    if (!check.is_used) {
        finding.text += plan.has_speech ? " (not chosen)" : " (speech is off)";
    }
    if (check.load && check.memory_mib) {
        finding.cells = {shown(*check.load), fmt::format("{:.0f} MiB", *check.memory_mib)};
    }
    if (check.cost) {
        finding.cells.resize(2, "-");
        finding.cells.push_back(shown(check.cost->wall));
        finding.cells.push_back(shown(check.cost->cpu));
        finding.cells.push_back(fmt::format("{:.4f}", check.cost->real_time_factor()));
    }
    if (check.is_used && check.cost && check.cost->real_time_factor() >= 1) {
        finding.mark = Mark::kFail;
        finding.text += ": slower than it is spoken";
    }
    return finding;
}

Finding judge_models(const ModelsCheck& check) {
    Finding finding{.section = Section::kModels, .name = "pulled", .mark = Mark::kInfo};
    finding.text = check.present.empty()
                       ? fmt::format("none in {}", check.directory)
                       : fmt::format("{}: {}", check.directory, fmt::join(check.present, ", "));
    if (!check.unfinished.empty()) {
        finding.mark = Mark::kWarn;
        finding.text += fmt::format("; not whole: {}", fmt::join(check.unfinished, ", "));
        finding.remedy = fmt::format("livedub models pull {}", fmt::join(check.unfinished, " "));
    }
    return finding;
}

std::vector<Finding> judge_capacity(const std::optional<Capacity>& capacity,
                                    std::string_view reason, const Plan& plan) {
    if (!capacity) {
        return {{.section = Section::kCapacity,
                 .name = "streams",
                 .mark = Mark::kInfo,
                 .text = std::string{reason}}};
    }
    return {judge_streams(*capacity, plan), judge_delay(*capacity, plan)};
}

Finding judge_service(const ServiceCheck& check) {
    Finding finding{.section = Section::kServices, .name = check.name};
    if (check.url.empty()) {
        finding.mark = Mark::kInfo;
        finding.text = fmt::format("not asked ({} URL)", check.flag);
    } else if (check.problem) {
        finding.mark = Mark::kFail;
        finding.text = *check.problem;
    } else {
        finding.text = fmt::format("{}: {}", check.url, check.said);
        if (check.took) {
            finding.text += fmt::format(", in {}", shown(*check.took));
        }
    }
    return finding;
}

std::string remedy_in(std::string_view message) {
    constexpr std::string_view kPhrase = "install the package ";
    const auto at = message.rfind(kPhrase);
    if (at == std::string_view::npos) {
        return {};
    }
    const auto package = message.substr(at + kPhrase.size());
    const auto end = package.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.");
    return install(package.substr(0, end));
}

}  // namespace livedub::doctor
