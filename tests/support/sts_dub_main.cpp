// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The speech client alone, for tests against foreign servers:
//   sts_dub_probe --url http://127.0.0.1:3000 --wav FILE [...]
// cuts the file into fragments, asks for them one after another in the file's own pace or faster,
// and prints one JSON object a line: an outcome each, late dubs, the metrics while the session is
// open, and how long closing took. Exit code 0 whatever the outcomes are; 2: bad usage.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <prometheus/registry.h>

#include "base/mutex.hpp"
#include "clips/clip.hpp"
#include "net/io_thread.hpp"
#include "sts_client/sts_dubber.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace livedub {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

struct Flags {
    sts_client::StsClientConfig config;
    DubOptions options{.stream_id = "probe"};
    std::string wav;
    int fragment_ms = 2'000;
    int every_ms = 2'000;  // from one request to the next
    int count = 1'000'000;
    int deadline_ms = 8'500;
    int linger_ms = 0;  // after the last outcome
    bool is_format_told = true;
};

std::int64_t ms(SteadyDuration duration) {
    return std::chrono::duration_cast<milliseconds>(duration).count();
}

/// Prints lines and counts outcomes.
class Report {
  public:
    void line(const json& object) LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        std::printf("%s\n", object.dump().c_str());
        std::fflush(stdout);
    }

    void outcome(const DubOutcome& outcome) LIVEDUB_EXCLUDES(mutex_) {
        line(describe(outcome));
        {
            const MutexLock lock{mutex_};
            ++outcomes_;
        }
        more_.notify_all();
    }

    [[nodiscard]] bool wait_for(int outcomes, SteadyTime until) LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        return more_.wait_until(mutex_, until, [this, outcomes]() LIVEDUB_REQUIRES(mutex_) {
            return outcomes_ >= outcomes;
        });
    }

  private:
    static json words(const std::vector<Phrase>& phrases) {
        json texts = json::array();
        for (const auto& phrase : phrases) {
            texts.push_back(phrase.text);
        }
        return texts;
    }

    static json describe(const DubOutcome& outcome) {
        json object{{"fragment", outcome.fragment},
                    {"reason", nullptr},
                    {"detail", outcome.detail},
                    {"total_ms", outcome.total.count()},
                    {"is_partial", outcome.is_partial},
                    {"clip_bytes", outcome.clip == nullptr ? 0 : outcome.clip->size()},
                    {"transcript", words(outcome.transcript)},
                    {"translation", words(outcome.translation)},
                    {"asr_ms", outcome.timings.recognise.count()}};
        if (outcome.fallback) {
            object["reason"] = to_string(*outcome.fallback);
        }
        if (outcome.failure) {
            object["code"] = outcome.failure->code;
            object["stage"] = to_string(outcome.failure->stage);
        }
        if (outcome.dub) {
            int peak = 0;
            for (const int sample : outcome.dub->samples()) {
                peak = std::max(peak, std::abs(sample));
            }
            const auto start = outcome.dub->start().time_since_epoch();
            object["dub"] = {{"start_ms", std::chrono::duration_cast<milliseconds>(start).count()},
                             {"frames", outcome.dub->frames()},
                             {"sample_rate_hz", outcome.dub->format().sample_rate_hz},
                             {"channels", outcome.dub->format().channels},
                             {"peak", peak}};
        }
        return object;
    }

    Mutex mutex_;
    int outcomes_ LIVEDUB_GUARDED_BY(mutex_) = 0;
    std::condition_variable_any more_;
};

Result<PcmChunk> read_wav(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    auto clip = clips::decode_clip(bytes, {.format = clips::ClipFormat::kWav, .pcm = {}});
    if (!clip) {
        return tl::unexpected<Error>{std::move(clip.error()).with_context(path)};
    }
    return std::move(clip->sound);
}

std::vector<PcmChunk> cut(const PcmChunk& sound, const Flags& flags) {
    const auto channels = static_cast<std::size_t>(sound.format().channels);
    const auto frames = static_cast<std::size_t>(sound.format().sample_rate_hz) *
                        static_cast<std::size_t>(flags.fragment_ms) / 1'000;
    std::vector<PcmChunk> fragments;
    for (std::size_t first = 0; first < sound.frames(); first += frames) {
        if (fragments.size() == static_cast<std::size_t>(flags.count)) {
            break;
        }
        const auto last = std::min(sound.frames(), first + frames);
        const auto begin = sound.samples().begin();
        const milliseconds start{flags.fragment_ms * static_cast<std::int64_t>(fragments.size())};
        fragments.push_back(
            *PcmChunk::make(StreamTime{start}, sound.format(),
                            {begin + static_cast<std::ptrdiff_t>(first * channels),
                             begin + static_cast<std::ptrdiff_t>(last * channels)}));
    }
    return fragments;
}

void dub(sts_client::StsDubber& dubber, const Flags& flags, const PcmChunk& sound,
         prometheus::Registry& registry, Report& report) {
    auto options = flags.options;
    options.format = flags.is_format_told ? sound.format() : PcmFormat{};
    options.segment = milliseconds{flags.fragment_ms};
    auto session =
        dubber.open(options, [&report](const DubOutcome& outcome) { report.outcome(outcome); });
    const auto begin = SystemClock{}.now();
    std::uint64_t number = 0;
    for (auto& fragment : cut(sound, flags)) {
        const auto due = begin + milliseconds{flags.every_ms} * number;
        std::this_thread::sleep_until(due);
        (*session)->request({.number = number, .audio = std::move(fragment), .clip = nullptr},
                            due + milliseconds{flags.deadline_ms});
        ++number;
    }
    const milliseconds longest{flags.deadline_ms + 2'000};
    const bool is_complete =
        report.wait_for(static_cast<int>(number), SystemClock{}.now() + longest);
    std::this_thread::sleep_for(milliseconds{flags.linger_ms});
    report.line({{"metrics", expose(registry)}, {"is_complete", is_complete}});
    const auto leave = SystemClock{}.now();
    session->reset();
    report.line({{"left_ms", ms(SystemClock{}.now() - leave)}});
}

int run(Flags flags) {
    const auto sound = read_wav(flags.wav);
    if (!sound) {
        std::fprintf(stderr, "%s\n", sound.error().message().c_str());
        return 2;
    }
    Report report;
    prometheus::Registry registry;
    net::IoThread io;
    flags.config.on_late_clip = [&report](const std::string& stream, std::uint64_t fragment,
                                          const ClipBytes& clip) {
        report.line({{"late", fragment}, {"stream", stream}, {"clip_bytes", clip->size()}});
    };
    flags.config.on_exhausted = [&report](const std::string& stream) {
        report.line({{"exhausted", stream}});
    };
    SteadyTime close;
    {
        sts_client::StsDubber dubber{io, flags.config, registry};
        report.line({{"describe", dubber.describe()}});
        dub(dubber, flags, *sound, registry, report);
        close = SystemClock{}.now();
    }
    report.line({{"closed_ms", ms(SystemClock{}.now() - close)}});
    return 0;
}

int main_with(int argc, char** argv) {
    Flags flags;
    auto& config = flags.config;
    bool is_silence_wanted = false;
    bool is_stop_wanted = false;
    bool is_binary_off = false;
    bool is_insecure = false;
    int open_ms = 30'000;
    int ready_ms = 10'000;
    int timeout_ms = 8'000;
    CLI::App app{"Dubs a file through a speech service"};
    app.add_option("--url", config.url)->required();
    app.add_option("--wav", flags.wav)->required();
    app.add_option("--path", config.path);
    app.add_option("--namespace", config.name_space);
    app.add_option("--key", config.api_key);
    app.add_option("--worker", config.link.worker_id);
    app.add_option("--stream", flags.options.stream_id);
    app.add_option("--target", flags.options.target_language);
    app.add_option("--voice", flags.options.voice);
    app.add_option("--domain", flags.options.domain_hints);
    app.add_option("--fragment-ms", flags.fragment_ms);
    app.add_option("--every-ms", flags.every_ms);
    app.add_option("--count", flags.count);
    app.add_option("--deadline-ms", flags.deadline_ms);
    app.add_option("--linger-ms", flags.linger_ms);
    app.add_option("--timeout-ms", timeout_ms);
    app.add_option("--ready-ms", ready_ms);
    app.add_option("--breaker-threshold", config.link.breaker.threshold);
    app.add_option("--breaker-open-ms", open_ms);
    app.add_flag("--format-untold{false}", flags.is_format_told);
    app.add_flag("--silence", is_silence_wanted);
    app.add_flag("--stop-exhausted", is_stop_wanted);
    app.add_flag("--no-binary", is_binary_off);
    app.add_flag("--insecure", is_insecure);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    flags.options.sts_timeout = std::chrono::milliseconds{timeout_ms};
    config.verify_certificate = !is_insecure;
    config.link.wants_binary = !is_binary_off;
    config.link.breaker.open_time = std::chrono::milliseconds{open_ms};
    config.link.ready_timeout = std::chrono::milliseconds{ready_ms};
    if (is_silence_wanted) {
        config.link.no_speech = sts_client::NoSpeechAudio::kSilence;
    }
    if (is_stop_wanted) {
        config.link.when_exhausted = sts_client::WhenExhausted::kStop;
    }
    (void)set_up_logging("INFO", LogFormat::kText);
    return run(std::move(flags));
}

}  // namespace
}  // namespace livedub

int main(int argc, char** argv) {
    try {
        return livedub::main_with(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
}
