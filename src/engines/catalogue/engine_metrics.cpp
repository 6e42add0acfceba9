// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/engine_metrics.hpp"

#include "telemetry/log.hpp"

namespace livedub::engines {
namespace {

prometheus::Counter& lookups(prometheus::Registry& registry, const char* result) {
    return prometheus::BuildCounter()
        .Name("sts_translation_cache_lookups_total")
        .Help("Texts looked for among those translated lately, by result.")
        .Register(registry)
        .Add({{"result", result}});
}

prometheus::Counter& terms(prometheus::Registry& registry, const char* result) {
    return prometheus::BuildCounter()
        .Name("sts_glossary_terms_total")
        .Help("Terms of glossaries in translated texts, by what became of them.")
        .Register(registry)
        .Add({{"result", result}});
}

prometheus::Counter& failovers(prometheus::Registry& registry, const char* stage) {
    return prometheus::BuildCounter()
        .Name("sts_provider_failovers_total")
        .Help("Times another provider of a chain had to answer, by stage.")
        .Register(registry)
        .Add({{"stage", stage}});
}

}  // namespace

EngineMetrics::EngineMetrics(prometheus::Registry& registry)
    : cache_hits_{lookups(registry, "hit")},
      cache_misses_{lookups(registry, "miss")},
      terms_kept_{terms(registry, "kept")},
      terms_lost_{terms(registry, "lost")},
      translation_failovers_{failovers(registry, "translation")},
      synthesis_failovers_{failovers(registry, "tts")},
      degraded_{prometheus::BuildGauge()
                    .Name("sts_degraded")
                    .Help("What is left out because the engines do not keep up with all streams: "
                          "0 nothing, 1 some fragments, 2 every voice.")
                    .Register(registry)
                    .Add({})} {
    failovers(registry, "asr");  // recognisers do not stand in for another
}

void EngineMetrics::listen(SpeechConfig& config) {
    config.translation_events = {
        .on_lookup =
            [this](bool is_found) { (is_found ? cache_hits_ : cache_misses_).Increment(); },
        .on_terms =
            [this](std::size_t kept, std::size_t lost) {
                terms_kept_.Increment(static_cast<double>(kept));
                terms_lost_.Increment(static_cast<double>(lost));
            },
        .on_failover = [this] { translation_failovers_.Increment(); }};
    config.on_synthesis_failover = [this] { synthesis_failovers_.Increment(); };
    config.on_load = [this](const speech::LoadChange& change) { note_load(change); };
}

void EngineMetrics::note_load(const speech::LoadChange& change) {
    degraded_.Set(static_cast<double>(change.level));
    const bool keeps_up = change.level == speech::LoadLevel::kKeepsUp;
    logger("speech")->log(keeps_up ? spdlog::level::info : spdlog::level::warn,
                          "{} now=\"{}\" realtime_factor={:.2f} demand={:.2f} in_time={:.2f}",
                          keeps_up ? "recovered" : "degraded", to_string(change.level),
                          change.real_time_factor, change.demand, change.in_time);
}

}  // namespace livedub::engines
