// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "child/child_side.hpp"

#include <fstream>

#include <sys/resource.h>

namespace livedub::child {

void be_the_first_to_go() {
    constexpr int kFirst = 1'000;
    constexpr int kNiceness = 5;  // as the threads of the speech pipeline
    std::ofstream{"/proc/self/oom_score_adj"} << kFirst;
    rlimit none{.rlim_cur = 0, .rlim_max = 0};
    (void)::setrlimit(RLIMIT_CORE, &none);  // gigabytes of weights
    (void)::setpriority(PRIO_PROCESS, 0, kNiceness);
}

}  // namespace livedub::child
