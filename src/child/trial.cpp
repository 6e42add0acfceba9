// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "child/trial.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <sys/wait.h>

namespace livedub::child {
namespace {

// Exit codes; the last two are nobody else's.
constexpr int kGood = 0;
constexpr int kUnusable = 10;
constexpr int kNoMemory = 11;

}  // namespace

Result<void> try_out(const Command& command, std::string_view subject,
                     std::chrono::seconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    auto child = ChildProcess::start(command);
    if (!child) {
        return tl::unexpected{
            std::move(child).error().with_context(fmt::format("{} cannot be tried", subject))};
    }
    if (!(*child)->await_end(deadline)) {
        return fail(
            ErrorCode::kUnavailable,
            fmt::format("{} cannot be used: to try it took over {} s", subject, patience.count()));
    }
    const int status = (*child)->end();
    const auto said = (*child)->last_line();
    if (WIFEXITED(status)) {
        switch (WEXITSTATUS(status)) {
            case kGood:
                return {};
            case kUnusable:
                return fail(ErrorCode::kUnavailable, said);
            case kNoMemory:
                return fail(ErrorCode::kExhausted, said);
            default:
                break;
        }
    }
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} cannot be used: the program that tried it ended: {}", subject,
                            how_it_ended(status, said)));
}

int tell(const Result<void>& tried) {
    if (tried) {
        return kGood;
    }
    auto line = tried.error().message();
    std::ranges::replace(line, '\n', ' ');
    std::fputs((line + '\n').c_str(), stderr);
    return tried.error().code() == ErrorCode::kExhausted ? kNoMemory : kUnusable;
}

}  // namespace livedub::child
