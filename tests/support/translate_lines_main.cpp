// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Translates lines of text as a stream's sentences are translated, with a glossary and domain
// hints, without any sound: to see what a glossary does before it goes on air.

#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "engines/catalogue/inventory.hpp"
#include "vocabulary/glossary.hpp"

namespace {

using namespace livedub;  // NOLINT(google-build-using-namespace): a program

int complain(const Error& error) {
    std::cerr << "translate_lines: " << error.message() << '\n';
    return 1;
}

int run(int argc, char** argv) {
    CLI::App app{"Translates the lines of standard input."};
    speech::TranslationRequest request{.pair = {.source = "en", .target = "es"}};
    std::string provider = "apertium";
    engines::TranslationAccess access;
    std::string glossary;
    app.add_option("--from", request.pair.source, "Language of the lines [en]");
    app.add_option("--to", request.pair.target, "Language to translate into [es]");
    app.add_option("--provider", provider, "apertium or opus, or both with a comma [apertium]");
    app.add_option("--models", access.model_directories, "Directories of models, for opus");
    app.add_option("--domain", request.domain_hints, "What they are about: sports, ...");
    app.add_option("--glossary", glossary, "File of terms, as GLOSSARY_PATH");
    CLI11_PARSE(app, argc, argv);

    engines::Care care;
    if (!glossary.empty()) {
        auto loaded = vocabulary::Glossary::load(glossary);
        if (!loaded) {
            return complain(loaded.error());
        }
        care.glossary = std::make_shared<const vocabulary::Glossary>(std::move(*loaded));
    }
    const auto translator =
        engines::make_translator(provider, access, std::chrono::seconds{20}, care);
    if (!translator) {
        return complain(translator.error());
    }
    if (const auto ready = (*translator)->prepare(request.pair); !ready) {
        return complain(ready.error());
    }
    for (std::string line; std::getline(std::cin, line);) {
        request.text = line;
        const auto translation = (*translator)->translate(request, {});
        std::cout << (translation ? *translation : "(" + translation.error().message() + ")")
                  << std::endl;  // NOLINT(performance-avoid-endl): somebody may read along
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "translate_lines: %s\n", error.what());
    }
    return 1;
}
