// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The numbers that go into a model and come out of it.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace livedub::onnx {

enum class ElementKind {
    kFloat = 1,
    kInt64 = 2,
    kBool = 3,
    kOther = 4,  // what no engine here uses
};

[[nodiscard]] std::string_view to_string(ElementKind kind) noexcept;

/// Lengths, outermost first. In what a model declares, -1 is any length.
using Shape = std::vector<std::int64_t>;

/// Immutable; copies share the numbers, so an output becomes an input without being copied. May be
/// used by several threads. Making one throws std::bad_alloc where there is no memory, and nothing
/// else: see memory.hpp.
class Tensor {
  public:
    struct Data;  // of the library

    /// @param values Row by row; as many as `shape` has places, else the program ends. A length of
    ///               zero is allowed.
    Tensor(std::vector<float> values, Shape shape);
    Tensor(std::vector<std::int64_t> values, Shape shape);

    /// One truth value, of shape {1}.
    explicit Tensor(bool value);

    /// What a model made.
    explicit Tensor(std::shared_ptr<const Data> data);

    [[nodiscard]] ElementKind kind() const noexcept;
    [[nodiscard]] const Shape& shape() const noexcept;

    /// The numbers, row by row; empty where they are of another kind. Live as long as a copy does.
    [[nodiscard]] std::span<const float> floats() const noexcept;
    [[nodiscard]] std::span<const std::int64_t> integers() const noexcept;
    [[nodiscard]] std::span<const bool> truths() const noexcept;

    [[nodiscard]] const Data& data() const noexcept { return *data_; }

  private:
    std::shared_ptr<const Data> data_;
};

}  // namespace livedub::onnx
