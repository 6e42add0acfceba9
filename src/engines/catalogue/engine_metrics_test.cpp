// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/engine_metrics.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "telemetry/metrics.hpp"

namespace livedub::engines {
namespace {

using testing::HasSubstr;

class EngineMetricsTest : public testing::Test {
  protected:
    EngineMetricsTest() { metrics_.listen(config_); }

    void expect(const std::string& sample) const {
        EXPECT_THAT(expose(registry_), HasSubstr("\n" + sample + "\n"));
    }

    prometheus::Registry registry_;
    EngineMetrics metrics_{registry_};
    SpeechConfig config_;
};

TEST_F(EngineMetricsTest, EverySeriesIsThereFromTheStart) {
    for (const std::string series :
         {"sts_translation_cache_lookups_total{result=\"hit\"}",
          "sts_translation_cache_lookups_total{result=\"miss\"}",
          "sts_glossary_terms_total{result=\"kept\"}", "sts_glossary_terms_total{result=\"lost\"}",
          "sts_provider_failovers_total{stage=\"translation\"}",
          "sts_provider_failovers_total{stage=\"tts\"}",
          "sts_provider_failovers_total{stage=\"asr\"}", "sts_degraded"}) {
        expect(series + " 0");
    }
}

TEST_F(EngineMetricsTest, CountsWhatTranslatorsAndSynthesizersTell) {
    config_.translation_events.on_lookup(true);
    config_.translation_events.on_lookup(false);
    config_.translation_events.on_lookup(false);
    config_.translation_events.on_terms(3, 0);
    config_.translation_events.on_terms(0, 2);
    config_.translation_events.on_failover();
    config_.on_synthesis_failover();
    config_.on_synthesis_failover();

    expect("sts_translation_cache_lookups_total{result=\"hit\"} 1");
    expect("sts_translation_cache_lookups_total{result=\"miss\"} 2");
    expect("sts_glossary_terms_total{result=\"kept\"} 3");
    expect("sts_glossary_terms_total{result=\"lost\"} 2");
    expect("sts_provider_failovers_total{stage=\"translation\"} 1");
    expect("sts_provider_failovers_total{stage=\"tts\"} 2");
}

TEST_F(EngineMetricsTest, ShowsWhatIsLeftOut) {
    config_.on_load({.level = speech::LoadLevel::kCaptionsOnly});
    expect("sts_degraded 2");
    config_.on_load({.level = speech::LoadLevel::kKeepsUp});
    expect("sts_degraded 0");
}

}  // namespace
}  // namespace livedub::engines
