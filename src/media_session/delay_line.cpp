// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media_session/delay_line.hpp"

#include <utility>

namespace livedub {

void DelayLine::push(DelayedUnit unit) {
    if (must_drop(unit.timed.unit)) {
        ++dropped_;
        return;
    }
    bytes_ += unit.timed.unit.payload->size();
    auto& line = unit.timed.unit.is_audio() ? audio_ : video_;
    line.push_back(std::move(unit));
}

bool DelayLine::must_drop(const EncodedUnit& unit) {
    if (unit.kind != UnitKind::kVideoFrame) {
        // Real sound and headers are small: they never get as far as this beside pictures.
        return bytes_ + unit.payload->size() > 2 * most_bytes_;
    }
    if (unit.is_keyframe) {
        is_dropping_group_ = false;
    }
    if (bytes_ + unit.payload->size() > most_bytes_) {
        is_dropping_group_ = true;
    }
    return is_dropping_group_;
}

std::optional<StreamTime> DelayLine::next() const {
    if (is_empty()) {
        return std::nullopt;
    }
    if (audio_.empty()) {
        return video_.front().timed.dts;
    }
    if (video_.empty()) {
        return audio_.front().timed.dts;
    }
    return std::min(video_.front().timed.dts, audio_.front().timed.dts);
}

std::optional<DelayedUnit> DelayLine::pop(StreamTime moment) {
    const auto earliest = next();
    if (!earliest || *earliest > moment) {
        return std::nullopt;
    }
    auto& line = !video_.empty() && video_.front().timed.dts == *earliest ? video_ : audio_;
    auto unit = std::move(line.front());
    line.pop_front();
    bytes_ -= unit.timed.unit.payload->size();
    return unit;
}

}  // namespace livedub
