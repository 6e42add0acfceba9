// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The decoder on pocketsphinx 5 and later.

#include <sstream>

#include <pocketsphinx.h>

#include "engines/pocketsphinx/decoder.hpp"

namespace livedub::pocketsphinx {

struct Decoder::Handle {
    struct Free {
        void operator()(ps_decoder_t* owned) const noexcept { ps_free(owned); }
    };
    std::unique_ptr<ps_decoder_t, Free> decoder;
};

Decoder::Decoder(std::unique_ptr<Handle> handle) : handle_{std::move(handle)} {}
Decoder::~Decoder() = default;

Result<std::unique_ptr<Decoder>> Decoder::open(const ModelFiles& files) {
    // What matters comes back as an error. Set once: it is one pointer for the whole process.
    [[maybe_unused]] static const bool quiet = [] {
        err_set_logfp(nullptr);
        return true;
    }();
    struct FreeConfig {
        void operator()(ps_config_t* config) const noexcept { ps_config_free(config); }
    };
    const std::unique_ptr<ps_config_t, FreeConfig> config{ps_config_init(nullptr)};
    auto handle = std::make_unique<Handle>();
    if (config) {
        ps_config_set_str(config.get(), "hmm", files.acoustic.c_str());
        ps_config_set_str(config.get(), "lm", files.language.c_str());
        ps_config_set_str(config.get(), "dict", files.dictionary.c_str());
        ps_config_set_bool(config.get(), "fwdflat", 0);
        // As it was by default before 5, when the model was trained: without it noise has words.
        ps_config_set_bool(config.get(), "remove_noise", 1);
        ps_config_set_str(config.get(), "maxhmmpf", kMostHypotheses);
        handle->decoder.reset(ps_init(config.get()));
    }
    if (!handle->decoder) {
        return fail(ErrorCode::kUnavailable,
                    "pocketsphinx cannot load the model in " + files.acoustic.string());
    }
    return std::unique_ptr<Decoder>{new Decoder{std::move(handle)}};
}

Result<void> Decoder::begin() {
    if (ps_start_utt(handle_->decoder.get()) < 0) {
        return fail(ErrorCode::kInternal, "pocketsphinx cannot start");
    }
    return {};
}

Result<void> Decoder::feed(std::span<const std::int16_t> samples) {
    if (ps_process_raw(handle_->decoder.get(), samples.data(), samples.size(), 0, 0) < 0) {
        return fail(ErrorCode::kInternal, "pocketsphinx failed");
    }
    return {};
}

Result<std::vector<RawWord>> Decoder::finish() {
    auto* decoder = handle_->decoder.get();
    if (ps_end_utt(decoder) < 0) {
        return fail(ErrorCode::kInternal, "pocketsphinx cannot finish");
    }
    std::vector<RawWord> words;
    for (auto* at = ps_seg_iter(decoder); at != nullptr; at = ps_seg_next(at)) {
        RawWord word;
        word.text = ps_seg_word(at);
        ps_seg_frames(at, &word.first_frame, &word.last_frame);
        word.posterior =
            logmath_exp(ps_get_logmath(decoder), ps_seg_prob(at, nullptr, nullptr, nullptr));
        words.push_back(std::move(word));
    }
    return words;
}

// The library gives and takes the means as text, separated by commas.
ChannelState Decoder::channel() const {
    const char* text = ps_get_cmn(handle_->decoder.get(), 1);
    std::istringstream in{text == nullptr ? "" : text};
    ChannelState state;
    for (std::string number; std::getline(in, number, ',');) {
        std::istringstream value{number};
        float mean = 0;
        value >> mean;
        state.push_back(mean);
    }
    return state;
}

void Decoder::set_channel(const ChannelState& state) {
    std::ostringstream out;
    for (const float mean : state) {
        out << (out.tellp() > 0 ? "," : "") << mean;
    }
    ps_set_cmn(handle_->decoder.get(), out.str().c_str());
}

}  // namespace livedub::pocketsphinx
