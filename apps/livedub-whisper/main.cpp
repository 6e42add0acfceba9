// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// livedub-whisper: what the programs with speech engines start to recognise with whisper.cpp, so
// that its end is not theirs (docs/adr/0006). It speaks with them over its standard input, which is
// a socket.

#include <cstdio>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "engines/whisper/worker_side.hpp"
#include "engines/whisper_worker/whisper_weights.hpp"

int main(int argc, char** argv) {
    constexpr int kUsage = 2;
    struct stat input {};
    if (argc < 2 || argc > 3 || ::fstat(STDIN_FILENO, &input) != 0 || !S_ISSOCK(input.st_mode)) {
        std::fputs("livedub-whisper " LIVEDUB_VERSION
                   ": recognises speech for livedub and sts-service, which start it themselves.\n",
                   stderr);
        return kUsage;
    }
    return livedub::whisper::serve_weights(STDIN_FILENO, [&] {
        return livedub::whisper::load_weights(argv[1], argc > 2 ? argv[2] : std::string{});
    });
}
