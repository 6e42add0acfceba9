// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How a line is logged: an event and key=value pairs, through one logger per room. To stderr, as
// text for people or as one JSON object per line for machines.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <spdlog/spdlog.h>

#include "base/result.hpp"

namespace livedub {

enum class LogFormat {
    kText = 1,
    kJson = 2,
};

/// Who is speaking, on every JSON line; what is empty is left out.
struct LogIdentity {
    std::string run_id;
    std::string instance_id;
};

/// Sets level and format of all loggers, present and future. Called once, by main, before threads
/// start.
///
/// @param level DEBUG, INFO, WARNING, WARN, ERROR or CRITICAL, in any case.
/// In JSON the pairs stream=, fragment= and seq= of a message also become keys of their own:
/// streamId, fragmentId, fragmentSeq.
///
/// Errors: kInvalidArgument, naming the value and what is allowed.
[[nodiscard]] Result<void> set_up_logging(std::string_view level, LogFormat format,
                                          const LogIdentity& identity = {});

/// The JSON keys, each followed by a comma, that a message's pairs give: for tests.
[[nodiscard]] std::string json_keys_of(std::string_view message);

/// `text` with "***" for what stands before the '@' and behind the '?' of every URL in it.
[[nodiscard]] std::string without_credentials(std::string_view text);

/// The logger of a room ("rtmp", "gst", ...), made on first use. Any thread.
[[nodiscard]] std::shared_ptr<spdlog::logger> logger(std::string_view room);

}  // namespace livedub
