// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus_onnx/load_pair.hpp"

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "engines/opus_onnx/marian_weights.hpp"
#include "engines/opus_onnx/spm_cutter.hpp"
#include "files/whole_file.hpp"
#include "speech/deadline_watch.hpp"
#include "speech/time_share.hpp"

namespace livedub::opus {
namespace {

constexpr std::size_t kMostConfigBytes = 1U << 20U;
constexpr std::size_t kMostVocabularyBytes = 32U << 20U;
constexpr std::chrono::seconds kMostTrial{30};

template <typename T>
Result<T> about(const std::filesystem::path& file, Result<T> result) {
    return std::move(result).map_error(
        [&](Error&& error) { return std::move(error).with_context(file.string()); });
}

Result<ModelConfig> load_config(const ModelFiles& files) {
    const auto config = files::read_whole_file(files.config, kMostConfigBytes);
    const auto generation = files.generation.empty()
                                ? Result<std::string>{}
                                : files::read_whole_file(files.generation, kMostConfigBytes);
    for (const auto* text : {&config, &generation}) {
        if (!*text) {
            return tl::unexpected{text->error()};
        }
    }
    // Of both files: which value is of which, the second decides.
    return about(files.config.parent_path(), parse_model_config(*config, *generation));
}

Result<Vocabulary> load_vocabulary(const ModelFiles& files) {
    const auto text = files::read_whole_file(files.vocabulary, kMostVocabularyBytes);
    return text ? about(files.vocabulary, Vocabulary::parse(*text)) : tl::unexpected{text.error()};
}

/// Two texts side by side, of two tokens: all that is asked of it later.
Result<void> try_weights(const PairModel& model, const std::stop_token& stop) {
    const std::array source{model.config.end};
    auto reading = model.weights->read(source, stop);
    if (!reading) {
        return tl::unexpected{std::move(reading).error()};
    }
    const std::array first{Row{.token = model.config.start}};
    const std::array second{Row{.token = model.config.end}, Row{.token = model.config.start}};
    return (*reading)
        ->next(first, stop)
        .and_then([&](std::span<const float> /*scores*/) { return (*reading)->next(second, stop); })
        .map([](std::span<const float> /*scores*/) {});
}

}  // namespace

Result<std::unique_ptr<const PairModel>> load_pair(const ModelFiles& files) {
    auto config = load_config(files);
    if (!config) {
        return tl::unexpected{std::move(config).error()};
    }
    auto vocabulary = load_vocabulary(files);
    if (!vocabulary) {
        return tl::unexpected{std::move(vocabulary).error()};
    }
    if (vocabulary->size() != config->vocabulary) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{} has {} pieces, and {} says {}: they are of two models",
                                files.vocabulary.string(), vocabulary->size(),
                                files.config.string(), config->vocabulary));
    }
    auto source = load_spm(files.source_pieces);
    if (!source) {
        return tl::unexpected{std::move(source).error()};
    }
    auto target = load_spm(files.target_pieces);
    if (!target) {
        return tl::unexpected{std::move(target).error()};
    }
    auto weights = load_marian_weights(files, *config);
    if (!weights) {
        return tl::unexpected{std::move(weights).error()};
    }
    auto model = std::make_unique<PairModel>(PairModel{.config = std::move(*config),
                                                       .vocabulary = std::move(*vocabulary),
                                                       .source = std::move(*source),
                                                       .target = std::move(*target),
                                                       .weights = std::move(*weights)});
    speech::DeadlineWatch watch;
    const speech::TimeShare share{watch, std::chrono::steady_clock::now() + kMostTrial, {}};
    if (const auto tried = share.told(try_weights(*model, share.stop()),
                                      fmt::format("they said nothing in {} s", kMostTrial.count()));
        !tried) {
        const auto code = tried.error().code() == ErrorCode::kExhausted ? ErrorCode::kExhausted
                                                                        : ErrorCode::kUnavailable;
        return fail(code, fmt::format("{} and {} cannot be used: {}", files.encoder.string(),
                                      files.decoder.string(), tried.error().message()));
    }
    return model;
}

}  // namespace livedub::opus
