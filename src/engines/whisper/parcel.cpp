// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/parcel.hpp"

#include <cstring>
#include <utility>

namespace livedub::whisper {
namespace {

template <typename T>
void append(std::string& to, const T& value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename T>
T from_bytes(std::string_view bytes) {
    T value{};
    if (bytes.size() == sizeof(value)) {
        std::memcpy(&value, bytes.data(), sizeof(value));
    }
    return value;
}

}  // namespace

void ParcelWriter::number(std::int32_t value) {
    append(bytes_, value);
}

void ParcelWriter::real(float value) {
    append(bytes_, value);
}

void ParcelWriter::text(std::string_view value) {
    number(static_cast<std::int32_t>(value.size()));
    bytes_ += value;
}

void ParcelWriter::samples(std::span<const std::int16_t> values) {
    text({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

std::string_view ParcelReader::bytes(std::size_t size) {
    if (!is_ok_ || size > rest_.size()) {
        is_ok_ = false;
        return {};
    }
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
}

std::int32_t ParcelReader::number() {
    return from_bytes<std::int32_t>(bytes(sizeof(std::int32_t)));
}

float ParcelReader::real() {
    return from_bytes<float>(bytes(sizeof(float)));
}

std::size_t ParcelReader::count(std::size_t least_bytes) {
    const auto value = number();
    if (value < 0 || static_cast<std::size_t>(value) > rest_.size() / least_bytes) {
        is_ok_ = false;
        return 0;
    }
    return static_cast<std::size_t>(value);
}

std::string ParcelReader::text() {
    return std::string{bytes(count(1))};
}

std::vector<std::int16_t> ParcelReader::samples() {
    const auto raw = bytes(count(1));
    std::vector<std::int16_t> values(raw.size() / sizeof(std::int16_t));
    if (raw.size() % sizeof(std::int16_t) != 0) {
        is_ok_ = false;
        return {};
    }
    if (!values.empty()) {
        std::memcpy(values.data(), raw.data(), raw.size());
    }
    return values;
}

}  // namespace livedub::whisper
