// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the media server says when a stream comes or goes: the body of a hook (external contract,
// 2.1), and what is wrong with one in the shape that FastAPI's callers know.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace livedub::contract {

enum class Direction {
    kIn = 1,
    kOut = 2,
};
[[nodiscard]] std::string_view to_string(Direction direction) noexcept;

struct HookEvent {
    std::string path;       // "live/<stream_id>/in"
    std::string stream_id;  // [a-zA-Z0-9_-]{1,128}
    Direction direction = Direction::kIn;
    std::string source_type;
    std::string source_id;
    std::optional<std::string> query;  // as in the publish URL, its values still escaped
    std::string timestamp;             // as given; empty if absent
    std::string correlation_id;        // likewise
};

/// One thing wrong with a body.
struct HookProblem {
    std::string field;  // "sourceType"; empty: the body as a whole
    std::string message;
    std::string type;  // "missing", "string_type", "string_pattern_mismatch", "json_invalid", ...
};

/// sourceType and sourceId may also be spelt source_type and source_id. Errors: all problems found,
/// at least one.
[[nodiscard]] tl::expected<HookEvent, std::vector<HookProblem>> parse_hook_event(
    std::string_view json);

/// The body of a 422: {"detail":[{"loc":["body","path"],"msg":"...","type":"..."}]}.
[[nodiscard]] std::string to_json(const std::vector<HookProblem>& problems);

/// Whether a media server is known to send this source type; others are worth a line in the log.
[[nodiscard]] bool is_known_source_type(std::string_view source_type) noexcept;

/// A publish URL's query as it was, when somebody has escaped it as a whole: "lang%3Des" is
/// "lang=es". One that has a raw "=" or "&" is returned as it is.
[[nodiscard]] std::string unescape_query_once(std::string_view query);

}  // namespace livedub::contract
