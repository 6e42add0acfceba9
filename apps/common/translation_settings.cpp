// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "common/translation_settings.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/recognition_settings.hpp"

namespace livedub {
namespace {

using config::Settings;

constexpr const char* kProvider = "TRANSLATION_PROVIDER";
constexpr const char* kGlossary = "GLOSSARY_PATH";
constexpr const char* kLabels = "TRANSLATION_REMOVE_SPEAKER_LABELS";

std::vector<std::string> providers() {
    return engines::engines_of_this_build(engines::EngineStage::kTranslate);
}

/// A list of those there are, each once; or none, alone.
bool is_choice(const std::vector<std::string>& names) {
    const bool are_known = std::ranges::all_of(names, [all = providers()](const std::string& name) {
        return std::ranges::find(all, name) != all.end();
    });
    const std::set<std::string> different{names.begin(), names.end()};
    return names == std::vector<std::string>{"none"} ||
           (are_known && different.size() == names.size());
}

void read_glossary(SettingsReader& reader, const Settings& settings,
                   engines::SpeechConfig& speech) {
    const auto& path = settings.text(kGlossary);
    if (path.empty()) {
        return;
    }
    reader.take(
        speech.glossary,
        vocabulary::Glossary::load(path)
            .map([](vocabulary::Glossary&& loaded) {
                return std::make_shared<const vocabulary::Glossary>(std::move(loaded));
            })
            .map_error([](Error&& error) { return std::move(error).with_context(kGlossary); }));
}

}  // namespace

std::vector<config::SettingSpec> translation_settings() {
    return {
        {.name = kProvider,
         .default_value = "apertium",
         .help = "Translators, first choice first; or none"},
        {.name = "DEEPL_AUTH_KEY",
         .default_value = "",
         .help = "The key that deepl needs",
         .is_secret = true},
        {.name = "DEEPL_API_URL", .default_value = "", .help = "Instead of DeepL's own"},
        {.name = "LIBRETRANSLATE_URL",
         .default_value = "",
         .help = "The server that libretranslate needs"},
        {.name = "LIBRETRANSLATE_API_KEY",
         .default_value = "",
         .help = "The key of LIBRETRANSLATE_URL, if it wants one",
         .is_secret = true},
        {.name = "OPENAI_BASE_URL",
         .default_value = "",
         .help = "The server that openai-compatible needs, with /v1"},
        {.name = "OPENAI_API_KEY",
         .default_value = "",
         .help = "The key of OPENAI_BASE_URL, if it wants one",
         .is_secret = true},
        {.name = "OPENAI_TRANSLATION_MODEL",
         .default_value = "",
         .help = "The model that openai-compatible needs"},
        {.name = kGlossary,
         .default_value = "",
         .help = "File of terms and their translations, a tab between them"},
        {.name = kLabels,
         .default_value = "false",
         .help = "Whether \"ANNA: ...\" is translated and spoken without the name"},
    };
}

void read_translation_settings(SettingsReader& reader, const Settings& settings,
                               engines::SpeechConfig& speech) {
    speech.translator = settings.text(kProvider);
    const auto names = engines::chosen_engines(engines::EngineStage::kTranslate, speech.translator);
    const auto is_chosen = [&](std::string_view name) {
        return std::ranges::find(names, name) != names.end();
    };
    if (is_chosen("mock")) {
        reader.refuse(kProvider, "a real engine; for a service without any, use --mode echo");
    } else if (!is_choice(names)) {
        reader.refuse(kProvider, fmt::format("{}, or several with commas between them; or none "
                                             "(what this build has{})",
                                             fmt::join(providers(), ", "),
                                             engines::what_is_missing(
                                                 engines::EngineStage::kTranslate, names)));
    }

    read_glossary(reader, settings, speech);
    reader.take(speech.drops_speaker_labels, settings.boolean(kLabels));

    auto& access = speech.access;
    access = {.deepl_url = settings.text("DEEPL_API_URL"),
              .deepl_key = settings.text("DEEPL_AUTH_KEY"),
              .libretranslate_url = settings.text("LIBRETRANSLATE_URL"),
              .libretranslate_key = settings.text("LIBRETRANSLATE_API_KEY"),
              .openai_url = settings.text("OPENAI_BASE_URL"),
              .openai_key = settings.text("OPENAI_API_KEY"),
              .openai_model = settings.text("OPENAI_TRANSLATION_MODEL"),
              .model_directories = model_folders(settings)};
    if (is_chosen("deepl") && access.deepl_key.empty()) {
        reader.refuse("DEEPL_AUTH_KEY", "the key of a DeepL account; the provider deepl needs it");
    }
    if (!access.deepl_url.empty() && !is_web_url(access.deepl_url)) {
        reader.refuse("DEEPL_API_URL", "a URL like https://api.deepl.com");
    }
    if (is_chosen("libretranslate") && !is_web_url(access.libretranslate_url)) {
        reader.refuse("LIBRETRANSLATE_URL",
                      "a URL like http://localhost:5000; the provider libretranslate needs it");
    }
    if (is_chosen("openai-compatible") && !is_web_url(access.openai_url)) {
        reader.refuse("OPENAI_BASE_URL",
                      "a URL like http://localhost:8080/v1; openai-compatible needs it");
    }
    if (is_chosen("openai-compatible") && access.openai_model.empty()) {
        reader.refuse("OPENAI_TRANSLATION_MODEL",
                      "the name of a model; openai-compatible needs it");
    }
}

}  // namespace livedub
