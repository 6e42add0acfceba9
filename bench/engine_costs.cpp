// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What one engine costs: loads it as the programs do, puts it to work, and prints the figures of
// every run as one JSON object, of which tools/bench_engines.py makes tables. One engine for each
// process: what one leaves in memory would be in the figures of the next.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <future>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engines/catalogue/inventory.hpp"
#include "engines/whisper/channel.hpp"
#include "engines/whisper/messages.hpp"
#include "engines/whisper/weights_process.hpp"
#include "telemetry/log.hpp"
#include "tree_memory.hpp"

namespace livedub {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{60};  // with one piece of work
constexpr std::array<int, 5> kLengthsS{2, 6, 14, 16, 28};
constexpr PcmFormat kHeard = speech::kRecognitionFormat;

/// More than the longest of them when espeak says it, and nothing twice.
constexpr const char* kCommentary =
    "Good evening and welcome to the stadium, where the home team has won every game of this "
    "season. The quarterback throws a long pass to the end zone, and it is third down with seven "
    "yards to go. Nobody expected them to come back after the break, but here they are, with two "
    "minutes left on the clock and the crowd on its feet. The coach wants a word with the referee "
    "about that last decision. We have seen the pictures again from behind the line, and the ball "
    "was still in his hands when he touched the ground. Both sides take their time now, because "
    "whoever makes the next mistake is going to lose the match.";

constexpr const char* kShortEnglish = "The goalkeeper saves the penalty.";
constexpr const char* kLongEnglish =
    "The visiting team wins the match with a goal in the last minute, after the referee had looked "
    "at the pictures again and decided that the defender had touched the ball with his hand.";
constexpr const char* kShortSpanish = "El portero para el penalti.";
constexpr const char* kLongSpanish =
    "El equipo visitante gana el partido con un gol en el último minuto. El árbitro había visto "
    "las imágenes otra vez y decidió que el defensa tocó el balón con la mano. Ahora los dos "
    "equipos se van al vestuario, y el público sigue de pie.";

struct Wishes {
    std::string engine;
    int runs = 3;     // 0: it is only loaded
    int threads = 1;  // whisper's, of all streams together
    fs::path whisper_model;
    fs::path models;             // a directory: opus looks for pairs there, coqui for voices
    std::string short_sentence;  // to translate
    std::string long_sentence;
};

/// The value; without one, the end of the program with the reason.
template <typename T>
T must(Result<T> result) {
    if (!result) {
        throw std::runtime_error{result.error().message()};
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

template <typename Work>
double ms_of(const Work& work) {
    const auto begin = steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>{steady_clock::now() - begin}.count();
}

/// What `figure` gives, run by run.
template <typename Figure>
json runs_of(const Wishes& wishes, const Figure& figure) {
    auto figures = json::array();
    for (int run = 0; run < wishes.runs; ++run) {
        figures.push_back(figure());
    }
    return figures;
}

double seconds(const PcmChunk& sound) {
    return std::chrono::duration<double>{sound.duration()}.count();
}

/// What `load` gives; notes the time that it took, and the memory that came to `memory_before`.
template <typename Load>
auto loaded(json& costs, double memory_before, const Load& load) {
    decltype(load()) engine;
    costs["load_ms"] = ms_of([&] { engine = load(); });
    costs["memory_mib"] = tree_memory_mib() - memory_before;
    return engine;
}

std::unique_ptr<speech::Synthesizer> make_synthesizer(const std::string& name,
                                                      const fs::path& voices) {
    engines::SpeechServices services;
    services.local_voices.folders = {voices};
    return must(engines::make_synthesizer(
        name, services, std::make_shared<const engines::VoiceProfiles>(), kPatience));
}

// ---- recognition

/// What espeak says, brought to the recognisers' rate by the nearest sample: good enough to keep
/// one as busy as speech does.
std::vector<std::int16_t> commentary() {
    const auto spoken = must(
        make_synthesizer("espeak", {})->synthesise({.text = kCommentary, .language = "en"}, {}));
    const auto& source = spoken.samples();
    const auto from = static_cast<std::size_t>(spoken.format().sample_rate_hz);
    const auto to = static_cast<std::size_t>(kHeard.sample_rate_hz);
    std::vector<std::int16_t> samples(source.size() * to / from);
    for (std::size_t at = 0; at < samples.size(); ++at) {
        samples[at] = source[at * from / to];
    }
    return samples;
}

PcmChunk beginning_of(const std::vector<std::int16_t>& samples, int length_s) {
    const auto count = length_s * kHeard.sample_rate_hz;
    if (static_cast<std::size_t>(count) > samples.size()) {
        throw std::runtime_error{"the commentary is too short"};
    }
    return must(PcmChunk::make({}, kHeard, {samples.begin(), samples.begin() + count}));
}

/// Seconds for each second of `sound` until as many streams as that, which begin at once, have all
/// had it recognised.
double real_time_factor(const speech::TranscriptionModel& model, const PcmChunk& sound,
                        std::size_t streams) {
    // New ones, which have heard nothing before; all open at first, since they share the threads.
    std::vector<std::unique_ptr<speech::TranscriptionSession>> sessions(streams);
    std::ranges::generate(sessions, [&] { return must(model.open_session({})); });
    const double ms = ms_of([&] {
        std::vector<std::future<void>> all(streams);
        std::ranges::transform(sessions, all.begin(), [&](auto& session) {
            return std::async(std::launch::async,
                              [&] { (void)must(session->transcribe(sound, {})); });
        });
        std::ranges::for_each(all, [](auto& one) { one.get(); });
    });
    return ms / 1000.0 / seconds(sound);
}

/// Whisper with the window of 30 s whatever the length, which no setting asks for: in the worker
/// program, asked as the programs ask it.
class WholeWindow {
  public:
    WholeWindow(const Wishes& wishes, int beam_size)
        : threads_{wishes.threads},
          beam_size_{beam_size},
          process_{must(whisper::WeightsProcess::start(
              {LIVEDUB_WHISPER_WORKER, wishes.whisper_model.string()}))} {
        (void)must(process_->await_ready(steady_clock::now() + kPatience, {}));
        worker_ = must(process_->make_worker());
    }

    double real_time_factor(const PcmChunk& sound) {
        const int channel = worker_.channel.get();
        const double ms = ms_of([&] {
            const whisper::HearRequest request{.threads = threads_,
                                               .beam_size = beam_size_,
                                               .audio_ctx = 0,
                                               .language = "en",
                                               .prompt = {},
                                               .samples = sound.samples()};
            must(whisper::send_message(channel, {whisper::MessageKind::kHear, to_body(request)},
                                       whisper::kForever, {}));
            const auto answer = must(whisper::receive_message(channel, whisper::kForever, {}));
            if (answer.message.kind != whisper::MessageKind::kHeard) {
                throw std::runtime_error{whisper::error_from(answer.message.body).message()};
            }
        });
        return ms / 1000.0 / seconds(sound);
    }

  private:
    int threads_;
    int beam_size_;
    std::unique_ptr<whisper::WeightsProcess> process_;
    whisper::Worker worker_;
};

/// Adds to each row the window that the programs look at, and what the whole one takes.
void compare_windows(const Wishes& wishes, const std::vector<std::int16_t>& speech, json& costs) {
    const int whole = must(whisper::check_model(wishes.whisper_model)).audio_positions;
    WholeWindow window{wishes, costs["beam"]};
    (void)window.real_time_factor(beginning_of(speech, kLengthsS.front()));
    for (auto& row : costs["rows"]) {
        const auto sound = beginning_of(speech, row["seconds"]);
        const int reduced = whisper::reduced_audio_ctx(sound.duration(), whole);
        row["window"] = reduced == 0 ? whole : reduced;
        row["whole_window"] = runs_of(wishes, [&] { return window.real_time_factor(sound); });
    }
}

json recognise(const Wishes& wishes) {
    const auto speech = commentary();
    const double memory_before = tree_memory_mib();
    json costs;
    auto model = loaded(costs, memory_before, [&] {
        return must(
            engines::make_recogniser(wishes.engine,
                                     {.model = {.file = wishes.whisper_model, .folders = {}},
                                      .worker_program = LIVEDUB_WHISPER_WORKER,
                                      .threads = wishes.threads},
                                     {}, kPatience));
    });
    costs["name"] = model->name();
    const auto* const whisper = dynamic_cast<const whisper::WhisperModel*>(model.get());
    if (whisper != nullptr) {
        const auto& expected = whisper->expected_cost();  // of six seconds
        costs["beam"] = expected.beam_size;
        costs["encode_ms"] = expected.encode_ms;
        costs["decode_ms"] = expected.decode_ms;
    }
    costs["rows"] = json::array();
    if (wishes.runs == 0) {
        return costs;
    }
    (void)real_time_factor(*model, beginning_of(speech, kLengthsS.front()), 2);  // warms up
    for (const int length : kLengthsS) {
        const auto sound = beginning_of(speech, length);
        const auto with = [&](std::size_t streams) {
            return runs_of(wishes, [&] { return real_time_factor(*model, sound, streams); });
        };
        costs["rows"].push_back({{"seconds", length}, {"one", with(1)}, {"two", with(2)}});
    }
    costs["busy_memory_mib"] = tree_memory_mib() - memory_before;
    if (whisper != nullptr) {
        model.reset();
        compare_windows(wishes, speech, costs);
    }
    return costs;
}

// ---- translation, synthesis

json translate(const Wishes& wishes) {
    const speech::LanguagePair pair{.source = "en", .target = "es"};
    json costs;
    const auto translator = loaded(costs, tree_memory_mib(), [&] {
        auto made = must(engines::make_translator(
            wishes.engine, {.model_directories = {wishes.models}}, kPatience));
        must(made->prepare(pair));
        return made;
    });
    costs["name"] = translator->name();
    costs["rows"] = json::array();
    for (const auto& text : {wishes.short_sentence, wishes.long_sentence}) {
        const auto once = [&] {
            return ms_of(
                [&] { (void)must(translator->translate({.text = text, .pair = pair}, {})); });
        };
        if (wishes.runs > 0) {
            (void)once();  // warms up
            const auto words = 1 + std::ranges::count(text, ' ');
            costs["rows"].push_back({{"words", words}, {"ms", runs_of(wishes, once)}});
        }
    }
    return costs;
}

json speak(const Wishes& wishes) {
    json costs;
    const auto synthesizer = loaded(costs, tree_memory_mib(), [&] {
        auto made = make_synthesizer(wishes.engine, wishes.models);
        must(made->prepare("es", "default"));
        return made;
    });
    costs["name"] = synthesizer->name();
    costs["rows"] = json::array();
    for (const auto* const text : {kShortSpanish, kLongSpanish}) {
        double spoken_s = 0.0;
        const auto once = [&] {
            const double ms = ms_of([&] {
                spoken_s =
                    seconds(must(synthesizer->synthesise({.text = text, .language = "es"}, {})));
            });
            return ms / 1000.0 / spoken_s;
        };
        if (wishes.runs > 0) {
            (void)once();  // warms up
            auto factors = runs_of(wishes, once);
            costs["rows"].push_back({{"seconds", spoken_s}, {"one", std::move(factors)}});
        }
    }
    return costs;
}

// ---- the program

/// The library's version of each engine that runs here, by stage.
json list() {
    json stages{
        {"recognise", json::object()}, {"translate", json::object()}, {"speak", json::object()}};
    for (const auto& engine : engines::known_engines()) {
        // Coqui is a service, and where it has a version it is also voices of our own.
        if (!engine.is_in_build || (engine.is_service && engine.version.empty())) {
            continue;
        }
        const auto* const stage = engine.stage == engines::EngineStage::kRecognise   ? "recognise"
                                  : engine.stage == engines::EngineStage::kTranslate ? "translate"
                                                                                     : "speak";
        stages[stage][engine.name] = engine.version;
    }
    return stages;
}

int run(int argc, char** argv) {
    must(set_up_logging("WARNING", LogFormat::kText));
    Wishes wishes{.short_sentence = kShortEnglish, .long_sentence = kLongEnglish};
    CLI::App app{
        "Measures one engine, in this process, and prints the figures of every run as JSON."};
    app.require_subcommand(1);
    app.add_option("--runs", wishes.runs, "Of each figure; 0: only load the engine [3]")
        ->check(CLI::NonNegativeNumber);
    app.fallthrough();
    const auto add = [&](const char* name, const char* what) {
        auto* const command = app.add_subcommand(name, what);
        command->add_option("NAME", wishes.engine, "The engine, as the settings call it")
            ->required();
        return command;
    };
    const auto* const listing = app.add_subcommand("list", "Prints the engines that there are");
    auto* const recognising = add("recognise", "Real-time factors by length of the speech");
    recognising->add_option("--whisper-model", wishes.whisper_model, "File of whisper's");
    recognising->add_option("--threads", wishes.threads,
                            "Of whisper, for all streams together [1]");
    auto* const translating = add("translate", "Milliseconds for a sentence, English to Spanish");
    translating->add_option("--models", wishes.models, "Directory of models, for opus");
    translating->add_option("--short", wishes.short_sentence, "A short sentence to translate");
    translating->add_option("--long", wishes.long_sentence, "A long one");
    auto* const speaking = add("speak", "Seconds for a second of Spanish speech");
    speaking->add_option("--voices", wishes.models, "Directory of voices, for coqui");
    CLI11_PARSE(app, argc, argv);

    const auto costs = listing->parsed()       ? list()
                       : recognising->parsed() ? recognise(wishes)
                       : translating->parsed() ? translate(wishes)
                                               : speak(wishes);
    std::cout << costs.dump() << '\n';
    return 0;
}

}  // namespace
}  // namespace livedub

int main(int argc, char** argv) {
    try {
        return livedub::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "engine_costs: %s\n", error.what());
    }
    return 1;
}
