// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "telemetry/process_metrics.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

namespace livedub {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

/// The fields of /proc/self/stat that are used here (proc(5), fields 14, 15, 20, 22, 23, 24).
struct Stat {
    double user_ticks = 0;
    double system_ticks = 0;
    double threads = 0;
    double start_ticks = 0;
    double virtual_bytes = 0;
    double resident_pages = 0;
};

Stat read_stat() {
    std::ifstream file{"/proc/self/stat"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    // The second field is the program's name in parentheses, with anything in it.
    const auto after_name = text.rfind(')');
    if (after_name == std::string::npos) {
        return {};
    }
    std::istringstream fields{text.substr(after_name + 1)};
    Stat stat;
    std::string field;
    for (int number = 3; fields >> field; ++number) {
        double* const into = number == 14   ? &stat.user_ticks
                             : number == 15 ? &stat.system_ticks
                             : number == 20 ? &stat.threads
                             : number == 22 ? &stat.start_ticks
                             : number == 23 ? &stat.virtual_bytes
                             : number == 24 ? &stat.resident_pages
                                            : nullptr;
        if (into != nullptr) {
            std::istringstream{field} >> *into;
        }
    }
    return stat;
}

double boot_time_seconds() {
    std::ifstream file{"/proc/stat"};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("btime ")) {
            double seconds = 0;
            std::istringstream{line.substr(6)} >> seconds;
            return seconds;
        }
    }
    return 0;
}

double open_fds() {
    std::error_code error;
    const std::filesystem::directory_iterator first{"/proc/self/fd", error};
    return error ? 0 : static_cast<double>(std::distance(begin(first), end(first)));
}

double most_fds() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

MetricFamily family(std::string name, std::string help, MetricType type, double value) {
    MetricFamily made;
    made.name = std::move(name);
    made.help = std::move(help);
    made.type = type;
    prometheus::ClientMetric metric;
    metric.counter.value = value;
    metric.gauge.value = value;
    made.metric.push_back(std::move(metric));
    return made;
}

}  // namespace

std::vector<MetricFamily> ProcessMetrics::Collect() const {
    const auto stat = read_stat();
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    return {
        family("process_cpu_seconds_total", "User and system time spent, in seconds",
               MetricType::Counter, (stat.user_ticks + stat.system_ticks) / ticks),
        family("process_resident_memory_bytes", "Resident memory", MetricType::Gauge,
               stat.resident_pages * page),
        family("process_virtual_memory_bytes", "Virtual memory", MetricType::Gauge,
               stat.virtual_bytes),
        family("process_open_fds", "Open file descriptors", MetricType::Gauge, open_fds()),
        family("process_max_fds", "Most file descriptors allowed", MetricType::Gauge, most_fds()),
        family("process_start_time_seconds", "Start of the process, Unix time", MetricType::Gauge,
               boot_time_seconds() + stat.start_ticks / ticks),
        family("process_threads", "Threads of the process", MetricType::Gauge, stat.threads),
    };
}

}  // namespace livedub
