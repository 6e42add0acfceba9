// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits_onnx/onnx_wave_model.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "engines/onnx/memory.hpp"
#include "engines/onnx/model.hpp"
#include "speech/deadline_watch.hpp"
#include "speech/time_share.hpp"

namespace livedub::vits {
namespace {

using onnx::ElementKind;
using onnx::NamedTensor;
using onnx::Port;
using onnx::Tensor;

constexpr std::chrono::seconds kMostTrial{30};

constexpr const char* kSpeaker = "sid";
constexpr const char* kLanguage = "langid";
const std::array<std::string, 1> kOutputs{"output"};

class OnnxWaveModel final : public WaveModel {
  public:
    explicit OnnxWaveModel(std::unique_ptr<const onnx::Model> graph) : graph_{std::move(graph)} {}

    [[nodiscard]] bool has_speakers() const noexcept override { return has(kSpeaker); }
    [[nodiscard]] bool has_languages() const noexcept { return has(kLanguage); }

    /// Errors: kInvalidArgument, saying what it has otherwise.
    [[nodiscard]] Result<void> check() const {
        std::vector<Port> inputs{{"input", ElementKind::kInt64, {-1, -1}},
                                 {"input_lengths", ElementKind::kInt64, {-1}},
                                 {"scales", ElementKind::kFloat, {3}}};
        if (has_speakers()) {
            inputs.push_back({kSpeaker, ElementKind::kInt64, {-1}});
        }
        if (has_languages()) {
            inputs.push_back({kLanguage, ElementKind::kInt64, {-1}});
        }
        const std::array outputs{Port{kOutputs[0], ElementKind::kFloat}};
        return graph_->expect(inputs, outputs);
    }

    Result<std::vector<float>> speak(const WaveRequest& request,
                                     const std::stop_token& stop) const override {
        return onnx::if_memory([&] { return wave_of(request, stop); });
    }

  private:
    [[nodiscard]] Result<std::vector<float>> wave_of(const WaveRequest& request,
                                                     const std::stop_token& stop) const {
        const auto one = [](std::int64_t value) { return Tensor{Ids{value}, {1}}; };
        const auto length = static_cast<std::int64_t>(request.ids.size());
        std::vector<NamedTensor> inputs{
            {"input", Tensor{request.ids, {1, length}}},
            {"input_lengths", one(length)},
            {"scales",
             Tensor{std::vector<float>{request.noise, request.length, request.duration_noise},
                    {3}}}};
        if (has_speakers()) {
            inputs.push_back({kSpeaker, one(request.speaker)});
        }
        if (has_languages()) {
            inputs.push_back({kLanguage, one(request.language)});
        }
        auto made = graph_->run(inputs, kOutputs, stop);
        if (!made) {
            return tl::unexpected{std::move(made).error()};
        }
        const auto wave = made->front().floats();
        if (wave.size() > request.most_samples) {
            return fail(ErrorCode::kInternal,
                        fmt::format("the voice made {} samples of one sentence (at most {})",
                                    wave.size(), request.most_samples));
        }
        return std::vector<float>{wave.begin(), wave.end()};
    }

    [[nodiscard]] bool has(std::string_view input) const noexcept {
        return std::ranges::find(graph_->inputs(), input, &Port::name) != graph_->inputs().end();
    }

    const std::unique_ptr<const onnx::Model> graph_;
};

}  // namespace

Result<std::unique_ptr<const WaveModel>> load_onnx_wave_model(const std::filesystem::path& file) {
    const auto unusable = [&](const Error& error) {
        const bool is_memory = error.code() == ErrorCode::kExhausted;
        return fail(is_memory ? ErrorCode::kExhausted : ErrorCode::kUnavailable,
                    file.string() + " is no VITS voice that can be used: " + error.message());
    };
    auto graph = onnx::Model::load(file);
    if (!graph) {
        const bool is_memory = graph.error().code() == ErrorCode::kExhausted;
        return fail(is_memory ? ErrorCode::kExhausted : ErrorCode::kUnavailable,
                    graph.error().message());
    }
    auto model = std::make_unique<const OnnxWaveModel>(std::move(*graph));
    if (const auto good = model->check(); !good) {
        return unusable(good.error());
    }
    // 0 is a symbol of every voice.
    speech::DeadlineWatch watch;
    const speech::TimeShare share{watch, std::chrono::steady_clock::now() + kMostTrial, {}};
    if (const auto spoken = share.told(model->speak({.ids = Ids(8, 0)}, share.stop()),
                                       fmt::format("it said nothing in {} s", kMostTrial.count()));
        !spoken) {
        return unusable(spoken.error());
    }
    return model;
}

}  // namespace livedub::vits
