// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus_onnx/marian_weights.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engines/onnx/memory.hpp"
#include "engines/onnx/model.hpp"

namespace livedub::opus {
namespace {

using onnx::ElementKind;
using onnx::Model;
using onnx::NamedTensor;
using onnx::Port;
using onnx::Shape;
using onnx::Tensor;

/// The parts of a cache, layer by layer.
std::vector<std::string> cache_names(std::string_view stem, std::string_view side,
                                     std::size_t layers) {
    std::vector<std::string> names;
    for (std::size_t layer = 0; layer < layers; ++layer) {
        for (const auto* part : {"key", "value"}) {
            names.push_back(fmt::format("{}.{}.{}.{}", stem, layer, side, part));
        }
    }
    return names;
}

void add_ports(std::vector<Port>& ports, const std::vector<std::string>& names) {
    for (const auto& name : names) {
        ports.push_back({.name = name, .kind = ElementKind::kFloat});
    }
}

std::int64_t length_of(std::size_t size) {
    return static_cast<std::int64_t>(size);
}

std::string text_of(const Shape& shape) {
    std::string text;
    for (const auto length : shape) {
        text += fmt::format("{}{}", text.empty() ? "" : " x ", length);
    }
    return text;
}

/// Errors: kInternal when `tensor` is of another shape, or holds no floats.
Result<void> expect(const Tensor& tensor, const Shape& shape, std::string_view what) {
    if (tensor.shape() != shape || tensor.kind() != ElementKind::kFloat) {
        return fail(ErrorCode::kInternal,
                    fmt::format("its {} is {} of {} (expected: {})", what, text_of(tensor.shape()),
                                onnx::to_string(tensor.kind()), text_of(shape)));
    }
    return {};
}

/// Those rows of `tensor` that `order` names.
Tensor rows_of(const Tensor& tensor, const std::vector<std::size_t>& order) {
    auto shape = tensor.shape();
    const auto row = tensor.floats().size() / static_cast<std::size_t>(shape.front());
    std::vector<float> values;
    values.reserve(order.size() * row);
    for (const auto index : order) {
        const auto from = tensor.floats().subspan(index * row, row);
        values.insert(values.end(), from.begin(), from.end());
    }
    shape.front() = length_of(order.size());
    return {std::move(values), std::move(shape)};
}

/// The names of a decoder's inputs and outputs.
struct DecoderNames {
    std::vector<std::string> past;          // of its own cache
    std::vector<std::string> past_encoder;  // of what it keeps of the encoder's
    std::vector<std::string> outputs;       // the scores, and the two caches in the same order

    explicit DecoderNames(std::size_t layers)
        : past{cache_names("past_key_values", "decoder", layers)},
          past_encoder{cache_names("past_key_values", "encoder", layers)},
          outputs{"logits"} {
        for (const auto* side : {"decoder", "encoder"}) {
            auto names = cache_names("present", side, layers);
            outputs.insert(outputs.end(), names.begin(), names.end());
        }
    }

    [[nodiscard]] std::vector<Port> input_ports() const {
        std::vector<Port> ports{{.name = "encoder_attention_mask", .kind = ElementKind::kInt64},
                                {.name = "input_ids", .kind = ElementKind::kInt64},
                                {.name = "encoder_hidden_states", .kind = ElementKind::kFloat},
                                {.name = "use_cache_branch", .kind = ElementKind::kBool}};
        add_ports(ports, past);
        add_ports(ports, past_encoder);
        return ports;
    }
    [[nodiscard]] std::vector<Port> output_ports() const {
        std::vector<Port> ports;
        add_ports(ports, outputs);
        return ports;
    }
};

/// The decoder's cache grows with each token. What it keeps of the encoder is made by the first
/// call alone: what later calls give for that is of no use.
class Reading final : public NextTokens {
  public:
    /// @param hidden What the encoder made of the source, of one row.
    Reading(const Model& decoder, const DecoderNames& names, const ModelConfig& config,
            Tensor hidden)
        : decoder_{decoder},
          names_{names},
          config_{config},
          source_{static_cast<std::size_t>(hidden.shape()[1])},
          hidden_{std::move(hidden)} {}

    [[nodiscard]] std::size_t vocabulary() const noexcept override { return config_.vocabulary; }

    Result<std::span<const float>> next(std::span<const Row> rows,
                                        const std::stop_token& stop) override {
        return onnx::if_memory([&] { return scores_of(rows, stop); });
    }

  private:
    Result<std::span<const float>> scores_of(std::span<const Row> rows,
                                             const std::stop_token& stop) {
        const bool is_first = length_ == 0;
        if (source_rows_ != rows.size()) {
            lay_out_source(rows.size());
        }
        auto inputs = source_inputs_;
        std::vector<std::int64_t> ids;
        ids.reserve(rows.size());
        for (const auto& row : rows) {
            ids.push_back(row.token);
        }
        inputs.push_back({"input_ids", {std::move(ids), {length_of(rows.size()), 1}}});
        inputs.push_back({"use_cache_branch", Tensor{!is_first}});
        add_past(inputs, rows);

        auto outputs = decoder_.run(inputs, names_.outputs, stop);
        if (!outputs) {
            return tl::unexpected{std::move(outputs).error()};
        }
        if (auto good = check(*outputs, rows.size()); !good) {
            return tl::unexpected{std::move(good).error()};
        }
        if (is_first) {
            encoded_.assign(outputs->end() - length_of(names_.past_encoder.size()), outputs->end());
            source_rows_ = 0;  // to be laid out with it
        }
        outputs_ = std::move(*outputs);
        ++length_;
        return outputs_.front().floats();
    }

    [[nodiscard]] Shape cache_shape(std::size_t rows, std::size_t length) const {
        return {length_of(rows), length_of(config_.heads), length_of(length),
                length_of(config_.head_size)};
    }

    /// All that is the same for each row and at each token.
    void lay_out_source(std::size_t rows) {
        const std::vector<std::size_t> copies(rows, 0);
        source_inputs_.clear();
        source_inputs_.push_back({"encoder_attention_mask",
                                  {std::vector<std::int64_t>(rows * source_, 1),
                                   {length_of(rows), length_of(source_)}}});
        source_inputs_.push_back({"encoder_hidden_states", rows_of(hidden_, copies)});
        for (std::size_t i = 0; i < names_.past_encoder.size(); ++i) {
            source_inputs_.push_back({names_.past_encoder[i], encoded_.empty()
                                                                  ? nothing(rows)
                                                                  : rows_of(encoded_[i], copies)});
        }
        source_rows_ = rows;
    }

    [[nodiscard]] Tensor nothing(std::size_t rows) const {
        return {std::vector<float>{}, cache_shape(rows, 0)};
    }

    void add_past(std::vector<NamedTensor>& inputs, std::span<const Row> rows) const {
        std::vector<std::size_t> parents;
        parents.reserve(rows.size());
        for (const auto& row : rows) {
            parents.push_back(row.parent);
        }
        for (std::size_t i = 0; i < names_.past.size(); ++i) {
            inputs.push_back({names_.past[i], length_ == 0 ? nothing(rows.size())
                                                           : rows_of(outputs_[1 + i], parents)});
        }
    }

    [[nodiscard]] Result<void> check(const std::vector<Tensor>& outputs, std::size_t rows) const {
        auto good =
            expect(outputs.front(), {length_of(rows), 1, length_of(config_.vocabulary)}, "logits");
        const auto parts = names_.past.size();
        for (std::size_t i = 0; good && i < parts; ++i) {
            good = expect(outputs[1 + i], cache_shape(rows, length_ + 1), "cache of the decoder");
        }
        for (std::size_t i = 0; good && length_ == 0 && i < parts; ++i) {
            good =
                expect(outputs[1 + parts + i], cache_shape(rows, source_), "cache of the encoder");
        }
        return good;
    }

    const Model& decoder_;
    const DecoderNames& names_;
    const ModelConfig& config_;
    const std::size_t source_;  // tokens that were read
    const Tensor hidden_;

    std::size_t length_ = 0;       // tokens that were written
    std::vector<Tensor> outputs_;  // of the last call
    std::vector<Tensor> encoded_;  // what the decoder keeps of the encoder, of one row
    std::vector<NamedTensor> source_inputs_;
    std::size_t source_rows_ = 0;  // of source_inputs_
};

class MarianWeights final : public TranslationWeights {
  public:
    MarianWeights(std::unique_ptr<const Model> encoder, std::unique_ptr<const Model> decoder,
                  DecoderNames names, const ModelConfig& config)
        : encoder_{std::move(encoder)},
          decoder_{std::move(decoder)},
          names_{std::move(names)},
          config_{config} {}

    Result<std::unique_ptr<NextTokens>> read(std::span<const TokenId> source,
                                             const std::stop_token& stop) const override {
        return onnx::if_memory([&] { return encoded(source, stop); });
    }

  private:
    [[nodiscard]] Result<std::unique_ptr<NextTokens>> encoded(std::span<const TokenId> source,
                                                              const std::stop_token& stop) const {
        const auto length = length_of(source.size());
        const std::vector<NamedTensor> inputs{
            {"input_ids", {std::vector<std::int64_t>(source.begin(), source.end()), {1, length}}},
            {"attention_mask", {std::vector<std::int64_t>(source.size(), 1), {1, length}}}};
        const std::vector<std::string> outputs{"last_hidden_state"};
        auto made = encoder_->run(inputs, outputs, stop);
        if (!made) {
            return tl::unexpected{std::move(made).error()};
        }
        const Shape shape{1, length, length_of(config_.heads * config_.head_size)};
        if (auto good = expect(made->front(), shape, "last_hidden_state"); !good) {
            return tl::unexpected{std::move(good).error()};
        }
        return std::make_unique<Reading>(*decoder_, names_, config_, std::move(made->front()));
    }

    // Constant after construction.
    const std::unique_ptr<const Model> encoder_;
    const std::unique_ptr<const Model> decoder_;
    const DecoderNames names_;
    const ModelConfig config_;
};

/// A graph with these inputs and outputs, or an error that names its file.
Result<std::unique_ptr<const Model>> load_graph(const std::filesystem::path& file,
                                                const std::vector<Port>& inputs,
                                                const std::vector<Port>& outputs) {
    const auto refused = [](const Error& error, std::string message) {
        // No pair of languages is wrong, but a file: another one would do.
        return fail(error.code() == ErrorCode::kExhausted ? error.code() : ErrorCode::kUnavailable,
                    std::move(message));
    };
    auto model = Model::load(file);
    if (!model) {
        return refused(model.error(), model.error().message());
    }
    if (const auto good = (*model)->expect(inputs, outputs); !good) {
        return refused(good.error(), fmt::format("{} is no graph of a Marian model: {}",
                                                 file.string(), good.error().message()));
    }
    return model;
}

}  // namespace

Result<std::unique_ptr<const TranslationWeights>> load_marian_weights(const ModelFiles& files,
                                                                      const ModelConfig& config) {
    auto encoder = load_graph(files.encoder,
                              {{.name = "input_ids", .kind = ElementKind::kInt64},
                               {.name = "attention_mask", .kind = ElementKind::kInt64}},
                              {{.name = "last_hidden_state", .kind = ElementKind::kFloat}});
    if (!encoder) {
        return tl::unexpected{std::move(encoder).error()};
    }
    DecoderNames names{config.layers};
    auto decoder = load_graph(files.decoder, names.input_ports(), names.output_ports());
    if (!decoder) {
        return tl::unexpected{std::move(decoder).error()};
    }
    return std::make_unique<const MarianWeights>(std::move(*encoder), std::move(*decoder),
                                                 std::move(names), config);
}

}  // namespace livedub::opus
