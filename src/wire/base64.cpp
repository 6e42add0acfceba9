// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Table-driven, four characters at a time: fragments of 14 MB pass through here on the io thread.

#include "wire/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

#include "wire/character_scan.hpp"

namespace livedub::wire {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kPadding = '=';
constexpr std::uint32_t kInvalid = 0xFF000000U;  // above the 24 bits of a whole group

/// Every character's six bits, already moved to their place in the group of four.
using DecodeTable = std::array<std::array<std::uint32_t, 256>, 4>;
using PairTable = std::array<std::array<char, 2>, 4096>;

constexpr DecodeTable make_decode_table() {
    DecodeTable table{};
    for (std::size_t place = 0; place < 4; ++place) {
        table[place].fill(kInvalid);
        for (std::uint32_t value = 0; value < kAlphabet.size(); ++value) {
            table[place][static_cast<unsigned char>(kAlphabet[value])] = value
                                                                         << (6U * (3U - place));
        }
    }
    return table;
}

constexpr PairTable make_pair_table() {
    PairTable table{};
    for (std::size_t bits = 0; bits < table.size(); ++bits) {
        table[bits] = {kAlphabet[bits >> 6U], kAlphabet[bits & 63U]};
    }
    return table;
}

constexpr DecodeTable kDecode = make_decode_table();
constexpr PairTable kPairs = make_pair_table();

std::uint32_t group_of(const unsigned char* text) {
    return kDecode[0][text[0]] | kDecode[1][text[1]] | kDecode[2][text[2]] | kDecode[3][text[3]];
}

char byte_of(std::uint32_t group, unsigned place) {
    return static_cast<char>(static_cast<unsigned char>(group >> (8U * (2U - place))));
}

/// 1 for what is not of the alphabet, padding included; else 0.
unsigned char is_foreign(char c) {
    const auto letter = static_cast<unsigned char>((c | ' ') - 'a');  // of either case
    const auto digit = static_cast<unsigned char>(c - '/');           // and the slash before them
    return static_cast<unsigned char>(static_cast<unsigned>(letter > 'z' - 'a') &
                                      static_cast<unsigned>(digit > '9' - '/') &
                                      static_cast<unsigned>(c != '+'));
}

/// Where in the last, perhaps padded, group of `text` something is wrong.
tl::unexpected<Error> wrong_at(std::string_view text, std::size_t from) {
    for (; from < text.size(); ++from) {
        if (kDecode[3][static_cast<unsigned char>(text[from])] == kInvalid) {
            break;
        }
    }
    return fail(ErrorCode::kProtocol, fmt::format("not base64 at character {}", from));
}

/// The last group: one to three bytes.
Result<void> decode_last(std::string_view text, std::string& bytes) {
    const std::size_t start = text.size() - 4;
    std::string_view group = text.substr(start);
    while (group.ends_with(kPadding) && group.size() > 2) {
        group.remove_suffix(1);
    }
    std::array<unsigned char, 4> filled{'A', 'A', 'A', 'A'};
    for (std::size_t i = 0; i < group.size(); ++i) {
        filled[i] = static_cast<unsigned char>(group[i]);
    }
    const std::uint32_t bits = group_of(filled.data());
    if ((bits & kInvalid) != 0) {
        return wrong_at(text, start);
    }
    const auto count = static_cast<unsigned>(group.size() - 1);
    for (unsigned place = 0; place < count; ++place) {
        bytes.push_back(byte_of(bits, place));
    }
    const std::uint32_t left_over = bits & ((1U << (8U * (3U - count))) - 1U);
    if (left_over != 0) {
        return fail(ErrorCode::kProtocol, fmt::format("not base64 at character {}: bits left over",
                                                      start + group.size() - 1));
    }
    return {};
}

}  // namespace

std::string encode_base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4, kPadding);
    const auto* in = reinterpret_cast<const unsigned char*>(bytes.data());
    const unsigned char* const end_of_groups = in + bytes.size() / 3 * 3;
    char* out = text.data();
    for (; in != end_of_groups; in += 3, out += 4) {
        const std::uint32_t bits =
            (std::uint32_t{in[0]} << 16U) | (std::uint32_t{in[1]} << 8U) | in[2];
        const auto& high = kPairs[bits >> 12U];
        const auto& low = kPairs[bits & 0xFFFU];
        out[0] = high[0];
        out[1] = high[1];
        out[2] = low[0];
        out[3] = low[1];
    }
    const std::size_t rest = bytes.size() % 3;
    if (rest != 0) {
        const std::uint32_t second = rest == 2 ? in[1] : 0U;
        const std::uint32_t bits = (std::uint32_t{in[0]} << 16U) | (second << 8U);
        const auto& high = kPairs[bits >> 12U];
        out[0] = high[0];
        out[1] = high[1];
        if (rest == 2) {
            out[2] = kPairs[bits & 0xFFFU][0];
        }
    }
    return text;
}

Result<std::string> decode_base64(std::string_view text) {
    if (text.empty()) {
        return std::string{};
    }
    const std::size_t whole_groups = (text.size() - 1) / 4;  // the last one may be padded
    std::string bytes(whole_groups * 3, '\0');
    const auto* in = reinterpret_cast<const unsigned char*>(text.data());
    char* out = bytes.data();
    for (std::size_t group = 0; group < whole_groups; ++group, in += 4, out += 3) {
        const std::uint32_t bits = group_of(in);
        if ((bits & kInvalid) != 0) {
            return wrong_at(text, group * 4);
        }
        out[0] = byte_of(bits, 0);
        out[1] = byte_of(bits, 1);
        out[2] = byte_of(bits, 2);
    }
    if (text.size() % 4 != 0) {
        return wrong_at(text, whole_groups * 4);
    }
    if (auto last = decode_last(text, bytes); !last) {
        return tl::unexpected{std::move(last).error()};
    }
    return bytes;
}

bool is_base64(std::string_view text) {
    if (text.size() % 4 != 0) {
        return false;
    }
    if (text.empty()) {
        return true;
    }
    const auto before_last = text.size() - 4;
    std::string last;
    return count_base64_letters(text.substr(0, before_last)) == before_last &&
           decode_last(text, last).has_value();
}

std::size_t count_base64_letters(std::string_view text) noexcept {
    return clean_front(text, [](char c) { return is_foreign(c); });
}

}  // namespace livedub::wire
