// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "file_dub/media_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "file_dub/child_process.hpp"

namespace livedub::file_dub {
namespace {

using Json = nlohmann::json;

constexpr std::array kOutputFormats{
    OutputFormat{"mp4", "mp4", true, "aac"},         OutputFormat{"m4v", "mp4", true, "aac"},
    OutputFormat{"mov", "mov", true, "aac"},         OutputFormat{"mkv", "matroska", true, "aac"},
    OutputFormat{"ts", "mpegts", true, "aac"},       OutputFormat{"flv", "flv", true, "aac"},
    OutputFormat{"m4a", "ipod", false, "aac"},       OutputFormat{"aac", "adts", false, "aac"},
    OutputFormat{"mp3", "mp3", false, "libmp3lame"}, OutputFormat{"flac", "flac", false, "flac"},
    OutputFormat{"wav", "wav", false, "pcm_s16le"},
};

constexpr std::size_t kMostProbeOutput = std::size_t{1} << 20U;

/// ffprobe's JSON holds numbers as texts.
double number_in(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) {
        return 0.0;
    }
    return found->is_string()   ? std::strtod(found->get_ref<const std::string&>().c_str(), nullptr)
           : found->is_number() ? found->get<double>()
                                : 0.0;
}

std::string text_in(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

PcmFormat decoded_format(const Json& stream) {
    const auto rate = static_cast<int>(number_in(stream, "sample_rate"));
    const auto channels = static_cast<int>(number_in(stream, "channels"));
    return {.sample_rate_hz = rate == 44'100 ? 44'100 : 48'000, .channels = channels == 1 ? 1 : 2};
}

bool is_cover(const Json& stream) {
    const auto disposition = stream.find("disposition");
    return disposition != stream.end() && disposition->is_object() &&
           number_in(*disposition, "attached_pic") > 0.0;
}

Result<MediaInfo> read_probe(const std::string& text) {
    const auto root = Json::parse(text, nullptr, false);
    if (!root.is_object() || !root.contains("streams") || !root["streams"].is_array()) {
        return fail(ErrorCode::kInvalidArgument, "not a media file");
    }
    MediaInfo media;
    for (const auto& stream : root["streams"]) {
        const auto type = text_in(stream, "codec_type");
        if (type == "audio" && media.audio.channels == 0) {
            media.audio = decoded_format(stream);
        } else if (type == "video" && media.video_codec.empty() && !is_cover(stream)) {
            media.video_codec = text_in(stream, "codec_name");
        }
    }
    if (media.audio.channels == 0) {
        return fail(ErrorCode::kInvalidArgument, "has no audio");
    }
    if (root.contains("format") && root["format"].is_object()) {
        const double seconds = number_in(root["format"], "duration");
        if (seconds > 0.0) {
            media.duration = std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1e3)};
        }
    }
    return media;
}

/// Output options shared by the real thing and its rehearsal; audio is input 1.
void add_output(std::vector<std::string>& command, const OutputFormat& into,
                const std::filesystem::path& output) {
    if (into.has_video) {
        command.insert(command.end(), {"-map", "0:V?", "-c:v", "copy"});
    }
    command.insert(command.end(),
                   {"-map", "1:a:0", "-c:a", std::string{into.audio_codec}, "-map_metadata", "0"});
    if (into.muxer == "mp4" || into.muxer == "mov" || into.muxer == "ipod") {
        command.insert(command.end(), {"-movflags", "+faststart"});
    }
    command.insert(command.end(), {"-f", std::string{into.muxer}, as_ffmpeg_name(output)});
}

constexpr const char* kShownEntries =
    "format=duration:stream=codec_type,codec_name,sample_rate,channels:"
    "stream_disposition=attached_pic";

}  // namespace

Result<MediaInfo> probe(const std::filesystem::path& file) {
    auto child = ChildProcess::start({"ffprobe", "-v", "error", "-show_entries", kShownEntries,
                                      "-of", "json", as_ffmpeg_name(file)},
                                     Pipe::kFromChild);
    if (!child) {
        return tl::unexpected{std::move(child).error()};
    }
    std::string text(kMostProbeOutput, '\0');
    const auto got = (*child)->read(std::as_writable_bytes(std::span{text}));
    if (!got) {
        return tl::unexpected{got.error()};
    }
    text.resize(*got);
    if (const auto ended = (*child)->wait(); !ended) {
        return fail(ErrorCode::kInvalidArgument, ended.error().message());
    }
    return read_probe(text);
}

const OutputFormat* find_output_format(const std::filesystem::path& file) {
    auto extension = file.extension().string();
    std::ranges::transform(extension, extension.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto* const found = std::ranges::find_if(kOutputFormats, [&](const auto& format) {
        return extension == fmt::format(".{}", format.extension);
    });
    return found == kOutputFormats.end() ? nullptr : found;
}

std::string known_extensions() {
    std::vector<std::string_view> names;
    names.reserve(kOutputFormats.size());
    for (const auto& format : kOutputFormats) {
        names.push_back(format.extension);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string as_ffmpeg_name(const std::filesystem::path& file) {
    return "file:" + file.string();
}

std::vector<std::string> decode_command(const std::filesystem::path& input,
                                        const PcmFormat& format) {
    return {"ffmpeg", "-nostdin",
            "-v",     "error",
            "-i",     as_ffmpeg_name(input),
            "-map",   "0:a:0",
            "-af",    "aresample=async=1:first_pts=0",
            "-ar",    std::to_string(format.sample_rate_hz),
            "-ac",    std::to_string(format.channels),
            "-f",     "s16le",
            "pipe:1"};
}

std::vector<std::string> encode_command(const std::filesystem::path& input, const PcmFormat& format,
                                        const OutputFormat& into,
                                        const std::filesystem::path& output) {
    std::vector<std::string> command{"ffmpeg",
                                     "-nostdin",
                                     "-v",
                                     "error",
                                     "-y",
                                     "-i",
                                     as_ffmpeg_name(input),
                                     "-f",
                                     "s16le",
                                     "-ar",
                                     std::to_string(format.sample_rate_hz),
                                     "-ac",
                                     std::to_string(format.channels),
                                     "-i",
                                     "pipe:0"};
    add_output(command, into, output);
    return command;
}

std::vector<std::string> rehearse_command(const std::filesystem::path& input,
                                          const OutputFormat& into,
                                          const std::filesystem::path& output) {
    std::vector<std::string> command{"ffmpeg", "-nostdin", "-v",
                                     "error",  "-y",       "-t",
                                     "0.2",    "-i",       as_ffmpeg_name(input),
                                     "-f",     "lavfi",    "-t",
                                     "0.2",    "-i",       "anullsrc=r=48000:cl=stereo"};
    add_output(command, into, output);
    return command;
}

}  // namespace livedub::file_dub
