// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "captions/stream_recorder.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "captions/transcript_line.hpp"

namespace livedub::captions {
namespace {

bool is_plain(std::string_view name, std::size_t longest, std::string_view also) {
    return !name.empty() && name.size() <= longest && std::ranges::all_of(name, [also](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               also.find(c) != std::string_view::npos;
    });
}

Result<void> create(const std::filesystem::path& path, const std::string& first) {
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    file << first << std::flush;
    if (!file) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
    }
    return {};
}

std::string to_vtt(const std::vector<Cue>& cues) {
    std::string text;
    for (const auto& cue : cues) {
        text += captions::to_vtt(cue);
    }
    return text;
}

}  // namespace

Result<std::unique_ptr<StreamRecorder>> StreamRecorder::open(const std::filesystem::path& dir,
                                                             std::string_view stream_id,
                                                             std::string_view source_language,
                                                             std::string_view target_language) {
    if (!is_plain(stream_id, 128, "_-")) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("stream id \"{}\" (allowed: [A-Za-z0-9_-]{{1,128}})", stream_id));
    }
    for (const auto language : {source_language, target_language}) {
        if (!is_plain(language, 10, "-")) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("language \"{}\" (allowed: [A-Za-z0-9-]{{1,10}})", language));
        }
    }
    std::error_code ignored;  // whatever is wrong shows when the first file is made
    std::filesystem::create_directories(dir, ignored);
    const auto path_of = [&](std::string_view suffix) {
        return dir / fmt::format("{}.{}", stream_id, suffix);
    };
    std::unique_ptr<StreamRecorder> recorder{new StreamRecorder};
    const auto begin = [&](std::filesystem::path& path, std::string_view suffix,
                           const std::string& first) {
        path = path_of(suffix);
        return create(path, first);
    };
    auto begun = begin(recorder->transcript_, "transcript.jsonl", "").and_then([&] {
        return begin(recorder->source_captions_, fmt::format("{}.vtt", source_language),
                     vtt_header());
    });
    if (begun && source_language != target_language) {
        begun =
            begin(recorder->target_captions_, fmt::format("{}.vtt", target_language), vtt_header());
    }
    if (!begun) {
        return tl::unexpected{std::move(begun).error()};
    }
    return recorder;
}

void StreamRecorder::record(const DecidedFragment& fragment) {
    append(transcript_, to_json_line(fragment) + "\n");
    append(source_captions_, to_vtt(source_cues_.make(fragment.outcome.transcript)));
    if (!target_captions_.empty()) {
        append(target_captions_, to_vtt(target_cues_.make(fragment.outcome.translation)));
    }
}

void StreamRecorder::append(const std::filesystem::path& path, const std::string& text) {
    if (text.empty()) {
        return;
    }
    std::error_code error;
    const auto before = std::filesystem::file_size(path, error);
    std::ofstream file{path, std::ios::binary | std::ios::app};
    file << text;
    file.close();
    if (file) {
        return;
    }
    has_failed_ = true;
    if (!error) {  // a part may be there: half a line would spoil the next one
        std::filesystem::resize_file(path, before, error);
    }
}

}  // namespace livedub::captions
