// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The decoder on pocketsphinx 0.8 ("5prealpha"), as in Debian 12 and 13.

#include <pocketsphinx.h>
#include <sphinxbase/cmd_ln.h>
#include <sphinxbase/cmn.h>
#include <sphinxbase/err.h>
#include <sphinxbase/feat.h>

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
    // Hundreds of lines of settings otherwise; what matters comes back as an error. Set once: it is
    // one pointer for the whole process.
    [[maybe_unused]] static const bool quiet = [] {
        err_set_logfp(nullptr);
        return true;
    }();
    struct FreeConfig {
        void operator()(cmd_ln_t* config) const noexcept { cmd_ln_free_r(config); }
    };
    // -remove_silence no: with yes, times behind a pause would be too early.
    const std::unique_ptr<cmd_ln_t, FreeConfig> config{
        cmd_ln_init(nullptr, ps_args(), TRUE, "-hmm", files.acoustic.c_str(), "-lm",
                    files.language.c_str(), "-dict", files.dictionary.c_str(), "-fwdflat", "no",
                    "-remove_silence", "no", "-maxhmmpf", kMostHypotheses, nullptr)};
    auto handle = std::make_unique<Handle>();
    if (config) {
        handle->decoder.reset(ps_init(config.get()));
    }
    if (!handle->decoder) {
        return fail(ErrorCode::kUnavailable,
                    "pocketsphinx cannot load the model in " + files.acoustic.string());
    }
    return std::unique_ptr<Decoder>{new Decoder{std::move(handle)}};
}

Result<void> Decoder::begin() {
    auto* decoder = handle_->decoder.get();
    // A new stream each time, so that frames count from here.
    if (ps_start_stream(decoder) < 0 || ps_start_utt(decoder) < 0) {
        return fail(ErrorCode::kInternal, "pocketsphinx cannot start");
    }
    return {};
}

Result<void> Decoder::feed(std::span<const std::int16_t> samples) {
    if (ps_process_raw(handle_->decoder.get(), samples.data(), samples.size(), FALSE, FALSE) < 0) {
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

ChannelState Decoder::channel() const {
    const auto* cmn = ps_get_feat(handle_->decoder.get())->cmn_struct;
    return {cmn->cmn_mean, cmn->cmn_mean + cmn->veclen};
}

void Decoder::set_channel(const ChannelState& state) {
    auto* cmn = ps_get_feat(handle_->decoder.get())->cmn_struct;
    if (state.size() == static_cast<std::size_t>(cmn->veclen)) {
        cmn_live_set(cmn, state.data());
    }
}

}  // namespace livedub::pocketsphinx
