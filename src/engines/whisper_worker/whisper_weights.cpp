// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper_worker/whisper_weights.hpp"

#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <ggml-backend.h>
#include <whisper.h>

#include "engines/whisper_worker/whisper_recogniser.hpp"

namespace livedub::whisper {
namespace {

struct FreeContext {
    void operator()(whisper_context* context) const { whisper_free(context); }
};
using ContextPtr = std::unique_ptr<whisper_context, FreeContext>;

/// The library tells much; what it calls an error is what we say when it ends.
void log_errors(ggml_log_level level, const char* text, void* /*user_data*/) {
    if (level == GGML_LOG_LEVEL_ERROR) {
        std::fputs(text, stderr);
    }
}

class WhisperWeights final : public Weights {
  public:
    WhisperWeights(ContextPtr context, std::string voice_gate)
        : context_{std::move(context)}, voice_gate_{std::move(voice_gate)} {}

    [[nodiscard]] Ready describe() const override {
        Ready ready{.version = whisper_version(),
                    .audio_ctx = whisper_n_audio_ctx(context_.get()),
                    .has_voice_gate = !voice_gate_.empty()};
        if (whisper_is_multilingual(context_.get()) == 0) {
            ready.languages = {"en"};
            return ready;
        }
        // Languages stand at the end of the vocabulary; older models have fewer.
        const int known = whisper_model_n_vocab(context_.get()) > 51'865 ? 100 : 99;
        for (int id = 0; id <= whisper_lang_max_id() && id < known; ++id) {
            ready.languages.emplace_back(whisper_lang_str(id));
        }
        return ready;
    }

    [[nodiscard]] Result<std::unique_ptr<Recogniser>> make_recogniser() override {
        return make_whisper_recogniser(*context_, voice_gate_);
    }

  private:
    ContextPtr context_;
    std::string voice_gate_;
};

}  // namespace

Result<std::unique_ptr<Weights>> load_weights(const std::string& model,
                                              const std::string& voice_gate) {
    whisper_log_set(log_errors, nullptr);
    ggml_log_set(log_errors, nullptr);
    ggml_backend_load_all();
    if (ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU) == nullptr) {
        return fail(ErrorCode::kUnavailable,
                    "whisper: ggml has no backend for this processor (package libggml0)");
    }
    auto parameters = whisper_context_default_params();
    parameters.use_gpu = false;  // a GPU's state would not survive the fork()
    ContextPtr context{whisper_init_from_file_with_params_no_state(model.c_str(), parameters)};
    if (context == nullptr) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("whisper does not load {} (damaged, or too new)", model));
    }
    return std::make_unique<WhisperWeights>(std::move(context), voice_gate);
}

}  // namespace livedub::whisper
