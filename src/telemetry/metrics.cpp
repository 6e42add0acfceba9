// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "telemetry/metrics.hpp"

#include <prometheus/text_serializer.h>

namespace livedub {

std::string expose(const prometheus::Registry& registry) {
    return prometheus::TextSerializer{}.Serialize(registry.Collect());
}

}  // namespace livedub
