// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/process_family.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace livedub::doctor {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;

/// The fourth field of /proc/<pid>/stat; the second is a name that may hold anything.
pid_t parent_of(const fs::path& process) {
    std::ifstream file{process / "stat"};
    std::string line;
    std::getline(file, line);
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos) {
        return -1;
    }
    std::istringstream in{line.substr(name_end + 1)};
    char state = 0;
    pid_t parent = -1;
    in >> state >> parent;
    return in ? parent : -1;
}

/// Children and theirs.
std::vector<pid_t> descendants() {
    std::map<pid_t, pid_t> parents;
    std::error_code error;
    for (fs::directory_iterator at{"/proc", error}, end; !error && at != end; at.increment(error)) {
        const auto name = at->path().filename().string();
        pid_t pid = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (parsed.ec == std::errc{}) {
            parents[pid] = parent_of(at->path());
        }
    }
    std::vector<pid_t> found;
    std::vector<pid_t> generation{::getpid()};
    while (!generation.empty()) {
        std::vector<pid_t> next;
        for (const auto& [pid, parent] : parents) {
            if (std::ranges::find(generation, parent) != generation.end()) {
                next.push_back(pid);
            }
        }
        found.insert(found.end(), next.begin(), next.end());
        generation = std::move(next);
    }
    return found;
}

microseconds read_clock(clockid_t clock) {
    timespec time{};
    if (::clock_gettime(clock, &time) != 0) {
        return microseconds{0};
    }
    return std::chrono::duration_cast<microseconds>(std::chrono::seconds{time.tv_sec} +
                                                    std::chrono::nanoseconds{time.tv_nsec});
}

/// Its share of all pages; where the system does not say, all pages it has.
double memory_kib(const fs::path& process) {
    for (const auto& [name, key] : {std::pair{"smaps_rollup", "Pss:"}, {"status", "VmRSS:"}}) {
        std::ifstream file{process / name};
        for (std::string word; file >> word;) {
            double kib = 0;
            if (word == key && file >> kib) {
                return kib;
            }
        }
    }
    return 0;
}

}  // namespace

ProcessFamily::ProcessFamily() : children_{descendants()} {}

microseconds ProcessFamily::cpu_time() const {
    auto total = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    for (const auto child : children_) {
        clockid_t clock{};
        if (::clock_getcpuclockid(child, &clock) == 0) {
            total += read_clock(clock);
        }
    }
    return total;
}

double ProcessFamily::memory_mib() const {
    constexpr double kKibPerMib = 1024;
    double kib = memory_kib("/proc/self");
    for (const auto child : children_) {
        kib += memory_kib(fmt::format("/proc/{}", child));
    }
    return kib / kKibPerMib;
}

}  // namespace livedub::doctor
