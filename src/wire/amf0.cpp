// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/amf0.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

namespace livedub::wire {
namespace {

enum class Marker : std::uint8_t {
    kNumber = 0x00,
    kBoolean = 0x01,
    kString = 0x02,
    kObject = 0x03,
    kNull = 0x05,
    kUndefined = 0x06,
    kReference = 0x07,
    kEcmaArray = 0x08,
    kObjectEnd = 0x09,
    kStrictArray = 0x0A,
    kDate = 0x0B,
    kLongString = 0x0C,
    kUnsupported = 0x0D,
    kXmlDocument = 0x0F,
    kTypedObject = 0x10,
};

constexpr std::size_t kMaxShortString = 0xFFFF;

class Decoder {
  public:
    Decoder(ByteView bytes, const AmfLimits& limits) : bytes_{bytes}, limits_{limits} {}

    [[nodiscard]] ByteView rest() const { return bytes_; }

    Result<AmfValue> value(std::size_t depth) {
        if (depth > limits_.depth) {
            return fail(ErrorCode::kProtocol,
                        fmt::format("AMF0 nested deeper than {}", limits_.depth));
        }
        if (++count_ > limits_.values) {
            return fail(ErrorCode::kProtocol,
                        fmt::format("AMF0 of more than {} values", limits_.values));
        }
        if (!has(1)) {
            return cut_short();
        }
        const auto marker = static_cast<Marker>(take(1)[0]);
        switch (marker) {
            case Marker::kNumber:
                return has(8) ? Result<AmfValue>{number()} : cut_short();
            case Marker::kBoolean:
                return has(1) ? Result<AmfValue>{take(1)[0] != 0} : cut_short();
            case Marker::kString:
                return text_of(short_text());
            case Marker::kLongString:
            case Marker::kXmlDocument:
                return text_of(long_text());
            case Marker::kNull:
                return AmfNull{};
            case Marker::kUndefined:
            case Marker::kUnsupported:
                return AmfUndefined{};
            case Marker::kReference:  // to an earlier value: nothing we read uses one
                return skip_then_undefined(2);
            case Marker::kDate:
                return date();
            case Marker::kTypedObject:
                if (auto class_name = short_text(); !class_name) {
                    return tl::unexpected{std::move(class_name).error()};
                }
                return container<AmfObject>(depth);
            case Marker::kObject:
                return container<AmfObject>(depth);
            case Marker::kEcmaArray:  // the count is a hint that some senders get wrong
                if (!has(4)) {
                    return cut_short();
                }
                take(4);
                return container<AmfEcmaArray>(depth);
            case Marker::kStrictArray:
                return strict_array(depth);
            case Marker::kObjectEnd:
                break;
        }
        return fail(ErrorCode::kProtocol,
                    fmt::format("AMF0 type {:#04x}", static_cast<unsigned>(marker)));
    }

  private:
    [[nodiscard]] bool has(std::size_t size) const { return bytes_.size() >= size; }

    ByteView take(std::size_t size) {
        const auto taken = bytes_.first(size);
        bytes_ = bytes_.subspan(size);
        return taken;
    }

    static tl::unexpected<Error> cut_short() {
        return fail(ErrorCode::kProtocol, "AMF0 value cut short");
    }

    double number() {
        const auto raw = take(8);
        const std::uint64_t upper = read_be32(raw.data());
        return std::bit_cast<double>(upper << 32U | read_be32(&raw[4]));
    }

    Result<std::string> text(std::size_t size) {
        if (!has(size)) {
            return cut_short();
        }
        const auto raw = take(size);
        return std::string{raw.begin(), raw.end()};
    }
    Result<std::string> short_text() {
        if (!has(2)) {
            return cut_short();
        }
        return text(read_be16(take(2).data()));
    }
    Result<std::string> long_text() {
        if (!has(4)) {
            return cut_short();
        }
        return text(read_be32(take(4).data()));
    }
    static Result<AmfValue> text_of(Result<std::string> text) {
        if (!text) {
            return tl::unexpected{std::move(text).error()};
        }
        return AmfValue{std::move(*text)};
    }

    Result<AmfValue> skip_then_undefined(std::size_t size) {
        if (!has(size)) {
            return cut_short();
        }
        take(size);
        return AmfUndefined{};
    }

    Result<AmfValue> date() {
        if (!has(10)) {
            return cut_short();
        }
        const AmfDate date{.since_epoch_ms = number()};
        take(2);  // a time zone that the specification reserves
        return date;
    }

    template <typename Container>
    Result<AmfValue> container(std::size_t depth) {
        Container made;
        while (true) {
            auto name = short_text();
            if (!name) {
                return tl::unexpected{std::move(name).error()};
            }
            if (name->empty() && has(1) &&
                bytes_[0] == static_cast<std::uint8_t>(Marker::kObjectEnd)) {
                take(1);
                return AmfValue{std::move(made)};
            }
            auto property = value(depth + 1);
            if (!property) {
                return property;
            }
            made.properties.push_back({std::move(*name), std::move(*property)});
        }
    }

    Result<AmfValue> strict_array(std::size_t depth) {
        if (!has(4)) {
            return cut_short();
        }
        const std::uint32_t count = read_be32(take(4).data());
        AmfStrictArray made;
        for (std::uint32_t i = 0; i < count; ++i) {
            auto element = value(depth + 1);
            if (!element) {
                return element;
            }
            made.values.push_back(std::move(*element));
        }
        return AmfValue{std::move(made)};
    }

    ByteView bytes_;
    AmfLimits limits_;
    std::size_t count_ = 0;
};

ByteView view_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void append_marker(Bytes& out, Marker marker) {
    out.push_back(static_cast<std::uint8_t>(marker));
}

void append_name(Bytes& out, std::string_view name) {
    name = name.substr(0, kMaxShortString);
    append_be16(out, static_cast<std::uint32_t>(name.size()));
    append_bytes(out, view_of(name));
}

void append_number(Bytes& out, double number) {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    append_be32(out, static_cast<std::uint32_t>(bits >> 32U));
    append_be32(out, static_cast<std::uint32_t>(bits));
}

void append_properties(Bytes& out, const std::vector<AmfProperty>& properties) {
    for (const auto& [name, value] : properties) {
        append_name(out, name);
        append_amf0(out, value);
    }
    append_be16(out, 0);
    append_marker(out, Marker::kObjectEnd);
}

struct Encoder {
    Bytes& out;

    void operator()(AmfNull /*null*/) const { append_marker(out, Marker::kNull); }
    void operator()(AmfUndefined /*undefined*/) const { append_marker(out, Marker::kUndefined); }
    void operator()(double number) const {
        append_marker(out, Marker::kNumber);
        append_number(out, number);
    }
    void operator()(bool flag) const {
        append_marker(out, Marker::kBoolean);
        out.push_back(flag ? 1 : 0);
    }
    void operator()(const std::string& text) const {
        if (text.size() <= kMaxShortString) {
            append_marker(out, Marker::kString);
            append_name(out, text);
            return;
        }
        append_marker(out, Marker::kLongString);
        append_be32(out, static_cast<std::uint32_t>(text.size()));
        append_bytes(out, view_of(text));
    }
    void operator()(const AmfDate& date) const {
        append_marker(out, Marker::kDate);
        append_number(out, date.since_epoch_ms);
        append_be16(out, 0);
    }
    void operator()(const AmfObject& object) const {
        append_marker(out, Marker::kObject);
        append_properties(out, object.properties);
    }
    void operator()(const AmfEcmaArray& array) const {
        append_marker(out, Marker::kEcmaArray);
        append_be32(out, static_cast<std::uint32_t>(array.properties.size()));
        append_properties(out, array.properties);
    }
    void operator()(const AmfStrictArray& array) const {
        append_marker(out, Marker::kStrictArray);
        append_be32(out, static_cast<std::uint32_t>(array.values.size()));
        for (const auto& value : array.values) {
            append_amf0(out, value);
        }
    }
};

}  // namespace

AmfValue::AmfValue(double number) : value{number} {}
AmfValue::AmfValue(bool flag) : value{flag} {}
AmfValue::AmfValue(const char* text) : value{std::string{text}} {}
AmfValue::AmfValue(std::string text) : value{std::move(text)} {}
AmfValue::AmfValue(AmfNull null) : value{null} {}
AmfValue::AmfValue(AmfUndefined undefined) : value{undefined} {}
AmfValue::AmfValue(AmfDate date) : value{date} {}
AmfValue::AmfValue(AmfObject object) : value{std::move(object)} {}
AmfValue::AmfValue(AmfEcmaArray array) : value{std::move(array)} {}
AmfValue::AmfValue(AmfStrictArray array) : value{std::move(array)} {}

const AmfValue* AmfObject::find(std::string_view name) const {
    const auto found = std::ranges::find(properties, name, &AmfProperty::name);
    return found == properties.end() ? nullptr : &found->value;
}

bool operator==(const AmfObject& left, const AmfObject& right) {
    return left.properties == right.properties;
}
bool operator==(const AmfEcmaArray& left, const AmfEcmaArray& right) {
    return left.properties == right.properties;
}
bool operator==(const AmfStrictArray& left, const AmfStrictArray& right) {
    return left.values == right.values;
}

Result<AmfValue> take_amf0(ByteView& bytes, const AmfLimits& limits) {
    Decoder decoder{bytes, limits};
    auto value = decoder.value(1);
    if (value) {
        bytes = decoder.rest();
    }
    return value;
}

Result<std::vector<AmfValue>> decode_amf0(ByteView bytes, const AmfLimits& limits) {
    Decoder decoder{bytes, limits};
    std::vector<AmfValue> values;
    while (!decoder.rest().empty()) {
        auto value = decoder.value(1);
        if (!value) {
            return tl::unexpected{std::move(value).error()};
        }
        values.push_back(std::move(*value));
    }
    return values;
}

void append_amf0(Bytes& out, const AmfValue& value) {
    std::visit(Encoder{out}, value.value);
}

}  // namespace livedub::wire
