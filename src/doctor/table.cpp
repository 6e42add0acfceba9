// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/table.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "doctor/judge.hpp"

namespace livedub::doctor {
namespace {

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kFaint = "\x1b[2m";

struct MarkLook {
    std::string_view word;    // of four letters, so that all are aligned
    std::string_view symbol;  // of one
    std::string_view colour;
};

MarkLook look_of(Mark mark) {
    switch (mark) {
        case Mark::kOk:
            return {"ok  ", "✓", "\x1b[32m"};
        case Mark::kInfo:
            return {"-   ", "·", kFaint};
        case Mark::kWarn:
            return {"warn", "!", "\x1b[33m"};
        case Mark::kFail:
            return {"FAIL", "✗", "\x1b[1;31m"};
    }
    return {};
}

std::string trimmed(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

class Table {
  public:
    Table(const Report& report, const TableStyle& style) : report_{report}, style_{style} {
        for (const auto& finding : report.findings) {
            name_width_ = std::max(name_width_, finding.name.size());
        }
    }

    std::string print() {
        const auto& plan = report_.plan;
        line(coloured(fmt::format("livedub {} doctor", report_.version), kBold) +
             fmt::format("   {} -> {}, fragments of {:g} s, {:g} s later", plan.source_language,
                         plan.target_language, std::chrono::duration<double>{plan.segment}.count(),
                         std::chrono::duration<double>{plan.delay}.count()));
        for (const auto section :
             {Section::kMachine, Section::kPorts, Section::kMedia, Section::kEngines,
              Section::kModels, Section::kCapacity, Section::kServices}) {
            print(section);
        }
        line("");
        line(coloured(verdict(report_),
                      is_ready(report_) ? look_of(Mark::kOk).colour : look_of(Mark::kFail).colour));
        return std::move(out_);
    }

  private:
    void print(Section section) {
        std::vector<const Finding*> findings;
        for (const auto& finding : report_.findings) {
            if (finding.section == section) {
                findings.push_back(&finding);
            }
        }
        if (findings.empty()) {
            return;
        }
        const auto widths = cell_widths(section, findings);
        line("");
        print_heading(section, widths);
        for (const auto* finding : findings) {
            print(*finding, widths);
        }
    }

    /// Of the columns that the section has numbers for; none when it has no numbers.
    [[nodiscard]] static std::vector<std::size_t> cell_widths(
        Section section, const std::vector<const Finding*>& findings) {
        std::vector<std::size_t> widths;
        for (const auto* finding : findings) {
            widths.resize(std::max(widths.size(), finding->cells.size()));
            for (std::size_t i = 0; i < finding->cells.size(); ++i) {
                widths[i] = std::max(widths[i], finding->cells[i].size());
            }
        }
        if (section == Section::kEngines) {
            for (std::size_t i = 0; i < widths.size(); ++i) {
                widths[i] = std::max(widths[i], engine_columns()[i].size());
            }
        }
        return widths;
    }

    void print_heading(Section section, const std::vector<std::size_t>& widths) {
        auto title = std::string{to_string(section)};
        if (section == Section::kMedia && !report_.gstreamer.empty()) {
            title += " (GStreamer " + report_.gstreamer + ")";
        }
        auto heading = coloured(title, kBold);
        if (!widths.empty() && section == Section::kEngines) {
            auto columns = std::string(indent() - std::min(indent(), title.size()), ' ');
            for (std::size_t i = 0; i < widths.size(); ++i) {
                columns += fmt::format("{:>{}}  ", engine_columns()[i], widths[i]);
            }
            heading += coloured(trimmed(columns), kFaint);
        }
        line(heading);
    }

    void print(const Finding& finding, const std::vector<std::size_t>& widths) {
        const auto look = look_of(finding.mark);
        auto text = fmt::format("  {} {:<{}}  ",
                                coloured(style_.has_symbols ? look.symbol : look.word, look.colour),
                                finding.name, name_width_);
        if (!finding.cells.empty()) {
            for (std::size_t i = 0; i < widths.size(); ++i) {
                text += fmt::format("{:>{}}  ", i < finding.cells.size() ? finding.cells[i] : "",
                                    widths[i]);
            }
        }
        line(text + finding.text);
        if (!finding.remedy.empty()) {
            line(std::string(indent(), ' ') + (style_.has_symbols ? "→ " : "-> ") + finding.remedy);
        }
    }

    /// Where the text of a finding begins.
    [[nodiscard]] std::size_t indent() const {
        const std::size_t mark = style_.has_symbols ? 1 : 4;
        return 2 + mark + 1 + name_width_ + 2;
    }

    [[nodiscard]] std::string coloured(std::string_view text, std::string_view colour) const {
        return style_.has_colours ? fmt::format("{}{}{}", colour, text, kReset) : std::string{text};
    }

    void line(std::string text) { out_ += trimmed(std::move(text)) + "\n"; }

    const Report& report_;
    const TableStyle& style_;
    std::size_t name_width_ = 0;
    std::string out_;
};

}  // namespace

std::string to_table(const Report& report, const TableStyle& style) {
    return Table{report, style}.print();
}

}  // namespace livedub::doctor
