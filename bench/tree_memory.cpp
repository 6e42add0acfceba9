// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "tree_memory.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <unistd.h>

namespace livedub {
namespace {

/// All processes, each by the one that it comes from.
std::multimap<pid_t, pid_t> processes_by_parent() {
    std::multimap<pid_t, pid_t> found;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
        std::ifstream file{entry.path() / "stat"};
        std::string stat;
        std::getline(file, stat);
        const auto name_end = stat.rfind(')');  // the name may have spaces and brackets
        pid_t parent = 0;
        if (name_end != std::string::npos &&
            std::sscanf(stat.c_str() + name_end, ") %*c %d", &parent) == 1) {
            found.emplace(parent, std::stoi(stat));
        }
    }
    return found;
}

/// 0 when it has ended.
double memory_kib(pid_t pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/smaps_rollup"};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("Pss:")) {
            return std::stod(line.substr(4));
        }
    }
    return 0.0;
}

}  // namespace

double tree_memory_mib() {
    constexpr double kKibPerMib = 1024.0;
    const auto by_parent = processes_by_parent();
    std::vector<pid_t> to_count{::getpid()};
    double kib = 0.0;
    while (!to_count.empty()) {
        const auto pid = to_count.back();
        to_count.pop_back();
        kib += memory_kib(pid);
        const auto [begin, end] = by_parent.equal_range(pid);
        for (auto at = begin; at != end; ++at) {
            to_count.push_back(at->second);
        }
    }
    return kib / kKibPerMib;
}

}  // namespace livedub
