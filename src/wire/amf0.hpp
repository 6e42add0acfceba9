// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// AMF0, the encoding of RTMP commands and metadata, as a tree of values. What comes from the wire
// is bounded in depth and in number of values, so a small message cannot become a large tree. AMF3
// is not decoded: a command message that announces it carries AMF0 behind one zero byte, in
// practice.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "wire/bytes.hpp"

namespace livedub::wire {

struct AmfProperty;
struct AmfValue;

struct AmfNull {
    friend bool operator==(AmfNull /*left*/, AmfNull /*right*/) { return true; }
};
struct AmfUndefined {
    friend bool operator==(AmfUndefined /*left*/, AmfUndefined /*right*/) { return true; }
};
struct AmfDate {
    double since_epoch_ms = 0;
    friend bool operator==(const AmfDate& left, const AmfDate& right) = default;
};
/// Properties in the order of the wire. Names may repeat; find() gives the first.
struct AmfObject {
    std::vector<AmfProperty> properties;
    [[nodiscard]] const AmfValue* find(std::string_view name) const;
    friend bool operator==(const AmfObject& left, const AmfObject& right);
};
/// The same, written as an ECMA array: what metadata comes as.
struct AmfEcmaArray {
    std::vector<AmfProperty> properties;
    friend bool operator==(const AmfEcmaArray& left, const AmfEcmaArray& right);
};
struct AmfStrictArray {
    std::vector<AmfValue> values;
    friend bool operator==(const AmfStrictArray& left, const AmfStrictArray& right);
};

struct AmfValue {
    using Variant = std::variant<AmfNull, AmfUndefined, double, bool, std::string, AmfDate,
                                 AmfObject, AmfEcmaArray, AmfStrictArray>;

    AmfValue() = default;
    // Implicit, so that argument lists read as what they are. Defined where AmfProperty is
    // complete. NOLINTBEGIN(google-explicit-constructor)
    AmfValue(double number);
    AmfValue(bool flag);
    AmfValue(const char* text);
    AmfValue(std::string text);
    AmfValue(AmfNull null);
    AmfValue(AmfUndefined undefined);
    AmfValue(AmfDate date);
    AmfValue(AmfObject object);
    AmfValue(AmfEcmaArray array);
    AmfValue(AmfStrictArray array);
    // NOLINTEND(google-explicit-constructor)

    /// nullptr when the value is of another type.
    [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&value); }
    [[nodiscard]] const double* number() const { return std::get_if<double>(&value); }
    [[nodiscard]] const AmfObject* object() const { return std::get_if<AmfObject>(&value); }

    friend bool operator==(const AmfValue& left, const AmfValue& right) = default;

    Variant value;
};

struct AmfProperty {
    std::string name;
    AmfValue value;
    friend bool operator==(const AmfProperty& left, const AmfProperty& right) = default;
};

struct AmfLimits {
    std::size_t depth = 16;
    std::size_t values = 4096;
};

/// Takes one value off the front of `bytes`.
///
/// Errors: kProtocol when the bytes are cut short, of an unknown or forbidden type, or beyond the
/// limits.
[[nodiscard]] Result<AmfValue> take_amf0(ByteView& bytes, const AmfLimits& limits = {});

/// Decodes all of `bytes`. Errors as take_amf0().
[[nodiscard]] Result<std::vector<AmfValue>> decode_amf0(ByteView bytes,
                                                        const AmfLimits& limits = {});

/// Appends `value`. Strings longer than 64 KiB are written as long strings; property names are cut
/// there.
void append_amf0(Bytes& out, const AmfValue& value);

}  // namespace livedub::wire
