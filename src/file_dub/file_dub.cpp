// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "file_dub/file_dub.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "captions/caption_text.hpp"
#include "file_dub/child_process.hpp"
#include "file_dub/fragment_window.hpp"
#include "file_dub/pause_cutter.hpp"

namespace livedub::file_dub {
namespace {

namespace fs = std::filesystem;
using captions::CueMaker;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::size_t kReadFrames = 16'384;

tl::unexpected<Error> refuse(std::string_view field, const fs::path& value,
                             std::string_view reason) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} \"{}\": {}", field, value.string(), reason));
}

Result<void> check_input(const fs::path& input) {
    std::error_code error;
    const auto status = fs::status(input, error);
    if (!fs::exists(status)) {
        return refuse("input", input, "no such file (allowed: a file with audio)");
    }
    if (fs::is_directory(status)) {
        return refuse("input", input, "is a directory (allowed: a file with audio)");
    }
    // It is read several times. And whoever waits for the other end of a pipe waits for ever.
    if (!fs::is_regular_file(status) && !fs::is_block_file(status)) {
        return refuse("input", input, "is no file on a disk (allowed: a file with audio)");
    }
    return {};
}

Result<void> check_output(const fs::path& output, const fs::path& input) {
    std::error_code error;
    if (fs::is_directory(output, error)) {
        return refuse("output", output, "is a directory (allowed: the name of a file)");
    }
    if (fs::equivalent(output, input, error)) {
        return refuse("output", output, "is the input (allowed: another file)");
    }
    if (find_output_format(output) == nullptr) {
        return refuse("output", output,
                      fmt::format("unknown extension (allowed: {})", known_extensions()));
    }
    const auto parent = output.has_parent_path() ? output.parent_path() : fs::path{"."};
    if (!fs::is_directory(parent, error)) {
        return refuse("output", output, "no such directory (allowed: a file in an existing one)");
    }
    return {};
}

/// "talk.mp4" -> "talk.es.vtt"
fs::path beside(const fs::path& output, const std::string& language, const char* type) {
    return output.parent_path() / fmt::format("{}.{}.{}", output.stem().string(), language, type);
}

/// One language's captions, in both formats.
class CaptionTrack {
  public:
    void add(const std::vector<Phrase>& phrases) {
        for (const auto& cue : cues_.make(phrases)) {
            vtt_ += captions::to_vtt(cue);
            srt_ += captions::to_srt(cue, ++count_);
        }
    }

    [[nodiscard]] Result<void> save(const fs::path& output, const std::string& language,
                                    OutputFiles& files) const {
        for (const auto& [type, text] : {std::pair{"vtt", &vtt_}, std::pair{"srt", &srt_}}) {
            const auto target = beside(output, language, type);
            const auto temporary = files.add(target);
            if (!temporary) {
                return fail(ErrorCode::kUnavailable,
                            fmt::format("cannot write {}: {}", target.string(),
                                        temporary.error().message()));
            }
            if (auto written = OutputFiles::write(*temporary, *text); !written) {
                return written;
            }
        }
        return {};
    }

  private:
    CueMaker cues_;
    std::string vtt_ = captions::vtt_header();
    std::string srt_;
    std::size_t count_ = 0;
};

/// Takes dubbed fragments in order and makes sound and captions of them.
class Assembly {
  public:
    Assembly(const PcmFormat& format, const MixSettings& mix, ChildProcess& encoder)
        : mixer_{format, mix}, encoder_{encoder} {}

    Result<void> add(const PcmChunk& audio, DubOutcome outcome) {
        ++summary_.fragments;
        summary_.duration = duration_cast<milliseconds>(audio.end().time_since_epoch());
        source_.add(outcome.transcript);
        if (outcome.dub) {
            target_.add(outcome.translation);
            mixer_.add(*outcome.dub);
        } else {
            ++summary_.originals[outcome.fallback.value_or(FallbackReason::kNoAudioInResult)];
        }
        // One fragment behind: the original is turned down before a dub that begins the next one.
        auto done = put_out();
        held_ = audio.samples();
        return done;
    }

    Result<void> put_out() {
        mixer_.mix(held_);
        return encoder_.write(std::as_bytes(std::span{std::as_const(held_)}));
    }

    [[nodiscard]] const FileDubSummary& summary() const noexcept { return summary_; }
    [[nodiscard]] const CaptionTrack& source() const noexcept { return source_; }
    [[nodiscard]] const CaptionTrack& target() const noexcept { return target_; }

  private:
    DubMixer mixer_;
    ChildProcess& encoder_;  // outlives this
    std::vector<std::int16_t> held_;
    CaptionTrack source_;
    CaptionTrack target_;
    FileDubSummary summary_;
};

/// Reads until the cutter has a fragment; nullopt at the end of the input.
Result<std::optional<PcmChunk>> next_fragment(ChildProcess& decoder, PauseCutter& cutter,
                                              const PcmFormat& format) {
    const auto channels = static_cast<std::size_t>(format.channels);
    std::vector<std::int16_t> samples(kReadFrames * channels);
    while (true) {
        if (auto fragment = cutter.take()) {
            return fragment;
        }
        const auto wanted = std::as_writable_bytes(std::span{samples});
        const auto got = decoder.read(wanted);
        if (!got) {
            return tl::unexpected{got.error()};
        }
        const auto frames = *got / (sizeof(std::int16_t) * channels);
        cutter.put(std::span{samples}.first(frames * channels));
        if (*got < wanted.size()) {
            cutter.finish();
            return cutter.take();
        }
    }
}

}  // namespace

Result<std::unique_ptr<FileDub>> FileDub::check(FileDubOptions options) {
    auto checked = check_input(options.input).and_then([&] {
        return check_output(options.output, options.input);
    });
    if (!checked) {
        return tl::unexpected{std::move(checked).error()};
    }
    auto media = probe(options.input);
    if (!media) {
        return media.error().code() == ErrorCode::kInvalidArgument
                   ? refuse("input", options.input,
                            media.error().message() + " (allowed: a file with audio)")
                   : tl::unexpected{media.error()};
    }
    std::unique_ptr<FileDub> dub{new FileDub};
    dub->media_ = std::move(*media);
    dub->format_ = find_output_format(options.output);
    auto temporary = dub->files_.add(options.output);
    if (!temporary) {
        return refuse("output", options.output,
                      temporary.error().message() + " (allowed: a file that can be written)");
    }
    dub->media_temporary_ = std::move(*temporary);
    auto rehearsal = ChildProcess::start(
        rehearse_command(options.input, *dub->format_, dub->media_temporary_), Pipe::kFromChild);
    if (!rehearsal) {
        return tl::unexpected{std::move(rehearsal).error()};
    }
    if (const auto muxed = (*rehearsal)->wait(); !muxed) {
        return refuse(
            "output", options.output,
            fmt::format("{} video does not go into {} (allowed: another extension of {})",
                        dub->media_.video_codec, dub->format_->extension, known_extensions()));
    }
    dub->options_ = std::move(options);
    return dub;
}

Result<FileDubSummary> FileDub::run(Dubber& dubber,
                                    const std::function<void(const FileDubProgress&)>& on_progress,
                                    const std::stop_token& stop) {
    const auto& format = media_.audio;
    auto window = FragmentWindow::open(dubber,
                                       {.stream_id = "file",
                                        .source_language = options_.source_language,
                                        .target_language = options_.target_language,
                                        .voice = options_.voice},
                                       options_.parallel);
    if (!window) {
        return tl::unexpected{std::move(window).error()};
    }
    auto decoder = ChildProcess::start(decode_command(options_.input, format), Pipe::kFromChild);
    auto encoder = ChildProcess::start(
        encode_command(options_.input, format, *format_, media_temporary_), Pipe::kToChild);
    if (!decoder || !encoder) {
        return tl::unexpected{!decoder ? decoder.error() : encoder.error()};
    }
    // Blocking reads and writes end when the children do.
    const std::stop_callback end_children{stop, [&] {
                                              (*decoder)->kill();
                                              (*encoder)->kill();
                                          }};
    const auto cancelled = [] { return fail(ErrorCode::kCancelled, "interrupted"); };

    Assembly assembly{format, options_.mix, **encoder};
    PauseCutter cutter{format};
    bool is_read = false;
    Result<void> done;
    while (done && (!is_read || !(*window)->is_empty())) {
        if (!is_read && !(*window)->is_full()) {
            auto fragment = next_fragment(**decoder, cutter, format);
            if (!fragment) {
                return tl::unexpected{std::move(fragment).error()};
            }
            is_read = !fragment->has_value();
            if (!is_read) {
                (*window)->put(std::move(**fragment));
            }
            continue;
        }
        auto dubbed = (*window)->take(stop);
        if (!dubbed) {
            return cancelled();
        }
        done = assembly.add(dubbed->first, std::move(dubbed->second));
        on_progress({.done = assembly.summary().duration, .total = media_.duration});
    }
    done = done.and_then([&] { return assembly.put_out(); });
    const auto decoded = (*decoder)->wait();
    const auto encoded = (*encoder)->wait();
    if (stop.stop_requested()) {
        return cancelled();
    }
    if (!encoded || !done) {
        return tl::unexpected{Error{encoded ? done.error() : encoded.error()}.with_context(
            fmt::format("writing {}", options_.output.string()))};
    }
    if (!decoded || assembly.summary().fragments == 0) {
        return fail(ErrorCode::kInternal,
                    fmt::format("reading {}: {}", options_.input.string(),
                                decoded ? "the audio is empty" : decoded.error().message()));
    }
    auto saved = assembly.source().save(options_.output, options_.source_language, files_);
    if (saved) {
        saved = assembly.target().save(options_.output, options_.target_language, files_);
    }
    saved = saved.and_then([&] { return files_.publish(); });
    if (!saved) {
        return tl::unexpected{std::move(saved).error()};
    }
    return assembly.summary();
}

}  // namespace livedub::file_dub
