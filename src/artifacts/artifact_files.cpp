// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "artifacts/artifact_files.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "files/whole_file.hpp"

namespace livedub::artifacts {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOriginal = "original_audio.m4a";
constexpr std::string_view kTranscript = "transcript.txt";
constexpr std::string_view kTranslation = "translation.txt";
constexpr std::string_view kDubbed = "dubbed_audio.m4a";
constexpr std::string_view kMetadata = "metadata.json";
constexpr std::array kAllFiles{kOriginal, kTranscript, kTranslation, kDubbed, kMetadata};

constexpr std::size_t kLongestName = 128;

std::vector<fs::path> directories_in(const fs::path& directory) {
    std::vector<fs::path> found;
    std::error_code error;
    fs::directory_iterator at{directory, error};
    for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
        std::error_code unreadable;
        if (fs::symlink_status(at->path(), unreadable).type() == fs::file_type::directory) {
            found.push_back(at->path());
        }
    }
    return found;
}

/// The directory goes, too, unless somebody has put something else there.
void remove_fragment(const fs::path& directory) {
    std::error_code ignored;
    for (const auto name : kAllFiles) {
        const auto file = directory / name;
        fs::remove(file, ignored);
        fs::remove(fs::path{file.string() + std::string{files::kUnfinished}}, ignored);
    }
    if (fs::remove(directory, ignored)) {
        fs::remove(directory.parent_path(), ignored);  // when it was the last of its stream
    }
}

}  // namespace

std::string safe_name(std::string_view id) {
    std::string name{id.substr(0, kLongestName)};
    std::ranges::replace_if(
        name,
        [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '_' &&
                   c != '-';
        },
        '_');
    if (name.find_first_not_of('.') == std::string::npos) {
        name = "_" + name.substr(0, kLongestName - 1);  // "", "." and ".." are places
    }
    return name;
}

std::string to_metadata_json(const Artifact& artifact) {
    using std::chrono::floor;
    using std::chrono::milliseconds;
    const auto& id = artifact.fragment_id;
    const auto since_epoch = floor<milliseconds>(artifact.time.time_since_epoch());
    nlohmann::ordered_json json{
        {"fragment_id", id},
        {"stream_id", artifact.stream_id},
        {"status", artifact.status},
        {"processing_time_ms", artifact.processing_time.count()},
        {"stage_timings",
         {{"asr_ms", artifact.timings.recognise.count()},
          {"translation_ms", artifact.timings.translate.count()},
          {"tts_ms", artifact.timings.synthesise.count()}}},
        {"timestamp", fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                                  fmt::gmtime(std::chrono::system_clock::to_time_t(artifact.time)),
                                  since_epoch.count() % 1'000)},
        {"asset_lineage",
         {{"transcript_asset_id", "transcript-" + id},
          {"translation_asset_id", "translation-" + id},
          {"audio_asset_id", "audio-dubbed-" + id}}}};
    if (artifact.error) {
        const auto& error = *artifact.error;
        json["error"] = {
            {"code", error.code}, {"message", error.message}, {"retryable", error.is_retryable}};
        if (error.stage.empty()) {
            json["error"]["stage"] = nullptr;
        } else {
            json["error"]["stage"] = error.stage;
        }
    }
    // Ids and messages are other people's bytes: whatever is no UTF-8 is replaced.
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Result<void> write_artifact(const fs::path& root, const Artifact& artifact,
                            const std::stop_token& stop) {
    const auto directory = root / safe_name(artifact.stream_id) / safe_name(artifact.fragment_id);
    Result<void> first_failure;
    const auto note = [&](Result<void> done) {
        if (!done && first_failure) {
            first_failure = std::move(done);
        }
    };
    const auto write = [&](std::string_view name, std::string_view bytes) {
        note(files::write_whole_file(directory / name, bytes));
    };
    const auto write_sound = [&](std::string_view name,
                                 const std::optional<clips::ClipOrSound>& sound) {
        if (!sound) {
            return;
        }
        if (const auto clip = clips::to_m4a(*sound, stop)) {
            write(name, **clip);
        } else {
            note(tl::unexpected{Error{clip.error()}.with_context(name)});
        }
    };
    const auto write_text = [&](std::string_view name, const std::optional<std::string>& text) {
        if (text) {
            write(name, *text);
        }
    };
    write_sound(kOriginal, artifact.original);
    write_text(kTranscript, artifact.transcript);
    write_text(kTranslation, artifact.translation);
    write_sound(kDubbed, artifact.dubbed);
    write(kMetadata, to_metadata_json(artifact));
    return first_failure;
}

void apply_retention(const fs::path& root, const ArtifactLimits& limits, fs::file_time_type now) {
    std::vector<std::pair<fs::file_time_type, fs::path>> fragments;
    for (const auto& stream : directories_in(root)) {
        for (auto& fragment : directories_in(stream)) {
            std::error_code error;
            const auto written = fs::last_write_time(fragment, error);
            if (!error) {
                fragments.emplace_back(written, std::move(fragment));
            }
        }
    }
    std::ranges::sort(fragments);
    auto left = fragments.size();
    for (const auto& [written, fragment] : fragments) {
        const bool is_too_old =
            limits.longest_kept.count() > 0 && now - written > limits.longest_kept;
        const bool is_too_many = limits.most_fragments > 0 && left > limits.most_fragments;
        if (!is_too_old && !is_too_many) {
            return;
        }
        remove_fragment(fragment);
        --left;
    }
}

}  // namespace livedub::artifacts
