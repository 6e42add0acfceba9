// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/stream_name.hpp"

#include <algorithm>
#include <cctype>

namespace livedub::rtmp {
namespace {

constexpr std::size_t kMaxPath = 255;
constexpr std::size_t kMaxQuery = 2048;

bool is_path_character(char character) {
    constexpr std::string_view kPunctuation = "_.~:-/";
    return std::isalnum(static_cast<unsigned char>(character)) != 0 ||
           kPunctuation.find(character) != std::string_view::npos;
}

void append_query(std::string& query, std::string_view more) {
    if (!query.empty() && !more.empty()) {
        query.push_back('&');
    }
    query.append(more);
}

/// Appends the non-empty parts of `text` up to its query; the query goes where queries go.
void append_parts(StreamName& name, std::size_t& parts, std::string_view text) {
    if (const auto mark = text.find('?'); mark != std::string_view::npos) {
        append_query(name.query, text.substr(mark + 1));
        text = text.substr(0, mark);
    }
    while (!text.empty()) {
        const auto end = std::min(text.find('/'), text.size());
        if (end > 0) {
            if (parts++ > 0) {
                name.path.push_back('/');
            }
            name.path.append(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

}  // namespace

Result<StreamName> StreamName::make(std::string_view app, std::string_view stream) {
    StreamName name;
    std::size_t parts = 0;
    append_parts(name, parts, app);
    append_parts(name, parts, stream);
    if (parts < 2) {
        return fail(ErrorCode::kInvalidArgument, "a path needs two or more parts (live/<id>/in)");
    }
    if (name.path.size() > kMaxPath || name.query.size() > kMaxQuery) {
        return fail(ErrorCode::kInvalidArgument, "path or query too long");
    }
    if (!std::ranges::all_of(name.path, is_path_character)) {
        return fail(ErrorCode::kInvalidArgument, "a path has letters, digits and _ . ~ : - only");
    }
    const bool has_control = std::ranges::any_of(name.query, [](char character) {
        return std::iscntrl(static_cast<unsigned char>(character)) != 0;
    });
    if (has_control) {
        return fail(ErrorCode::kInvalidArgument, "control characters in the query");
    }
    return name;
}

}  // namespace livedub::rtmp
