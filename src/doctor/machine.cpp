// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/machine.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>

namespace livedub::doctor {
namespace {

constexpr double kKibPerMib = 1024;
constexpr double kBytesPerMib = 1024 * 1024;

std::string text_of(const char* path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::optional<double> first_number(const std::string& text) {
    std::istringstream in{text};
    double number = 0;
    return in >> number ? std::optional{number} : std::nullopt;
}

}  // namespace

std::optional<double> meminfo_mib(std::string_view meminfo, std::string_view name) {
    std::istringstream lines{std::string{meminfo}};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name) && line.substr(name.size(), 1) == ":") {
            const auto kib = first_number(line.substr(name.size() + 1));
            return kib ? std::optional{*kib / kKibPerMib} : std::nullopt;
        }
    }
    return std::nullopt;
}

std::optional<double> cpu_limit(std::string_view cpu_max) {
    std::istringstream in{std::string{cpu_max}};
    double quota = 0;
    double period = 0;
    if (!(in >> quota >> period) || quota <= 0 || period <= 0) {
        return std::nullopt;
    }
    return quota / period;
}

Machine read_machine() {
    Machine machine;
    machine.cores = std::max(1U, std::thread::hardware_concurrency());
    if (const auto limit = cpu_limit(text_of("/sys/fs/cgroup/cpu.max"))) {
        machine.cores = std::min(machine.cores, *limit);
    }
    std::array<double, 1> load{};
    if (::getloadavg(load.data(), 1) == 1) {
        machine.load = load[0];
    }
    const auto meminfo = text_of("/proc/meminfo");
    machine.memory_total_mib = meminfo_mib(meminfo, "MemTotal").value_or(0);
    machine.memory_available_mib = meminfo_mib(meminfo, "MemAvailable").value_or(0);
    const auto most = first_number(text_of("/sys/fs/cgroup/memory.max"));
    const auto used = first_number(text_of("/sys/fs/cgroup/memory.current"));
    if (most && used) {
        machine.memory_total_mib = std::min(machine.memory_total_mib, *most / kBytesPerMib);
        machine.memory_available_mib =
            std::min(machine.memory_available_mib, std::max(0.0, *most - *used) / kBytesPerMib);
    }
    return machine;
}

}  // namespace livedub::doctor
