// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// livedub-onnx: what the programs with speech engines start to load a graph of ONNX Runtime before
// they do so themselves, so that what it makes of a bad one is not their end (docs/adr/0009).

#include <csignal>
#include <cstdio>
#include <string_view>

#include <sys/prctl.h>
#include <sys/resource.h>

#include "child/child_side.hpp"
#include "child/trial.hpp"
#include "engines/catalogue/engine_factories.hpp"

int main(int argc, char** argv) {
    constexpr int kUsage = 2;
    const std::string_view kind{argc == 3 ? argv[1] : ""};
    if (kind != "voice" && kind != "pair") {
        std::fputs("livedub-onnx " LIVEDUB_VERSION
                   ": tries voices and translation models for livedub and sts-service, which start "
                   "it themselves.\n",
                   stderr);
        return kUsage;
    }
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody else waits for the answer
    livedub::child::be_the_first_to_go();
    // Less than any thread has that loads it afterwards: a graph that just fits here fits there.
    constexpr rlimit kStack{.rlim_cur = 1U << 20U, .rlim_max = 1U << 20U};
    (void)::setrlimit(RLIMIT_STACK, &kStack);
    return livedub::child::tell(kind == "voice" ? livedub::engines::load_voice(argv[2])
                                                : livedub::engines::load_pair(argv[2]));
}
