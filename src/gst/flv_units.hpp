// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// FLV tags to the units of the media path, and back. Video and metadata bodies are passed whole in
// both directions, which is what keeps pictures byte-identical.

#pragma once

#include <cstdint>
#include <optional>

#include "media/encoded_unit.hpp"
#include "wire/flv.hpp"

namespace livedub::gst {

/// @return nullopt for a tag that carries nothing to play: an empty body (a keep-alive), an
///         end-of-sequence mark, a header cut short, a data message other than onMetaData.
[[nodiscard]] std::optional<EncodedUnit> unit_of(const wire::FlvTag& tag);

/// Appends `unit` as one tag stamped `timestamp_ms`; audio gets its FLV header back.
void append_unit(Bytes& out, const EncodedUnit& unit, std::uint32_t timestamp_ms);

}  // namespace livedub::gst
