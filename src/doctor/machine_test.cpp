// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/machine.hpp"

#include <gtest/gtest.h>

#include "doctor/process_family.hpp"

namespace livedub::doctor {
namespace {

TEST(Machine, ReadsTheLinesOfMeminfo) {
    constexpr std::string_view kText =
        "MemTotal:       24683520 kB\nMemFree:        1024 kB\nMemAvailable:   2048 kB\n";

    EXPECT_EQ(meminfo_mib(kText, "MemTotal"), 24'105);
    EXPECT_EQ(meminfo_mib(kText, "MemAvailable"), 2);
    EXPECT_EQ(meminfo_mib(kText, "Mem"), std::nullopt);
    EXPECT_EQ(meminfo_mib("MemTotal: lots\n", "MemTotal"), std::nullopt);
    EXPECT_EQ(meminfo_mib("", "MemTotal"), std::nullopt);
}

TEST(Machine, ReadsTheShareOfAContainer) {
    EXPECT_EQ(cpu_limit("150000 100000\n"), 1.5);
    EXPECT_EQ(cpu_limit("max 100000\n"), std::nullopt);
    EXPECT_EQ(cpu_limit("0 0"), std::nullopt);
    EXPECT_EQ(cpu_limit(""), std::nullopt);
}

TEST(Machine, IsThere) {
    const auto machine = read_machine();

    EXPECT_GT(machine.cores, 0);
    EXPECT_GT(machine.memory_total_mib, machine.memory_available_mib);
    EXPECT_GT(machine.memory_available_mib, 0);
}

TEST(ProcessFamily, HasWorkedAndHasMemory) {
    const ProcessFamily family;
    const auto before = family.cpu_time();
    while (family.cpu_time() == before) {  // works until it shows
    }

    EXPECT_GT(family.cpu_time().count(), 0);
    EXPECT_GT(family.memory_mib(), 0.5);
}

}  // namespace
}  // namespace livedub::doctor
