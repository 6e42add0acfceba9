// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "telemetry/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

namespace livedub {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::string_view name_of(MetricType type) {
    switch (type) {
        case MetricType::Counter:
            return "counter";
        case MetricType::Gauge:
            return "gauge";
        case MetricType::Summary:
            return "summary";
        case MetricType::Histogram:
            return "histogram";
        case MetricType::Untyped:
            break;
    }
    return "untyped";
}

/// Readers of ours split lines at blanks and braces and read plain decimals, nothing else.
std::string plain(double value) {
    constexpr double kWholeUpTo = 9e15;  // beyond it a double holds no fraction anyway
    if (!std::isfinite(value)) {
        return "0";
    }
    if (value == std::floor(value) || std::abs(value) > kWholeUpTo) {
        return fmt::format("{:.0f}", value);
    }
    auto text = fmt::format("{:.9f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') {
        text.pop_back();
    }
    return text == "-0" ? "0" : text;
}

class Page {
  public:
    void head(std::string_view name, std::string_view help, MetricType type) {
        fmt::format_to(out(), "# HELP {} ", name);
        for (const char c : help) {
            append_escaped(c, false);
        }
        fmt::format_to(out(), "\n# TYPE {} {}\n", name, name_of(type));
    }

    void family(const MetricFamily& family) {
        head(family.name, family.help, family.type);
        for (const auto& metric : family.metric) {
            sample(family, metric);
        }
    }

    [[nodiscard]] std::string text() && { return std::move(text_); }

  private:
    std::back_insert_iterator<std::string> out() { return std::back_inserter(text_); }

    void sample(const MetricFamily& family, const ClientMetric& metric) {
        switch (family.type) {
            case MetricType::Counter:
                return line(family.name, metric, metric.counter.value);
            case MetricType::Gauge:
                return line(family.name, metric, metric.gauge.value);
            case MetricType::Untyped:
                return line(family.name, metric, metric.untyped.value);
            case MetricType::Histogram:
                return histogram(family.name, metric);
            case MetricType::Summary:
                return summary(family.name, metric);
        }
    }

    void histogram(const std::string& name, const ClientMetric& metric) {
        const auto& histogram = metric.histogram;
        for (const auto& bucket : histogram.bucket) {
            const bool is_last = !std::isfinite(bucket.upper_bound);
            line(name + "_bucket", metric, static_cast<double>(bucket.cumulative_count), "le",
                 is_last ? "+Inf" : plain(bucket.upper_bound));
        }
        line(name + "_sum", metric, histogram.sample_sum);
        line(name + "_count", metric, static_cast<double>(histogram.sample_count));
    }

    void summary(const std::string& name, const ClientMetric& metric) {
        for (const auto& quantile : metric.summary.quantile) {
            line(name, metric, quantile.value, "quantile", plain(quantile.quantile));
        }
        line(name + "_sum", metric, metric.summary.sample_sum);
        line(name + "_count", metric, static_cast<double>(metric.summary.sample_count));
    }

    void line(std::string_view name, const ClientMetric& metric, double value,
              std::string_view extra_label = {}, std::string_view extra_value = {}) {
        text_ += name;
        char before = '{';
        for (const auto& label : metric.label) {
            append_label(before, label.name, label.value);
            before = ',';
        }
        if (!extra_label.empty()) {
            append_label(before, extra_label, extra_value);
            before = ',';
        }
        fmt::format_to(out(), "{} {}\n", before == ',' ? "}" : "", plain(value));
    }

    void append_label(char before, std::string_view name, std::string_view value) {
        fmt::format_to(out(), "{}{}=\"", before, name);
        for (const char c : value) {
            append_escaped(c == '}' ? ')' : c, true);
        }
        text_ += '"';
    }

    void append_escaped(char c, bool is_quoted) {
        if (c == '\n') {
            text_ += "\\n";
        } else if (c == '\\' || (c == '"' && is_quoted)) {
            text_ += '\\';
            text_ += c;
        } else {
            text_ += c;
        }
    }

    std::string text_;
};

}  // namespace

std::string expose(const std::vector<MetricFamily>& families, std::span<const FamilyHead> heads) {
    Page page;
    for (const auto& family : families) {
        page.family(family);
    }
    for (const auto& head : heads) {
        if (std::ranges::find(families, head.name, &MetricFamily::name) == families.end()) {
            page.head(head.name, head.help, head.type);
        }
    }
    return std::move(page).text();
}

std::string expose(const prometheus::Registry& registry, std::span<const FamilyHead> heads) {
    return expose(registry.Collect(), heads);
}

}  // namespace livedub
