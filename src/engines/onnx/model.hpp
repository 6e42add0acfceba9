// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A model in a file, run by ONNX Runtime. No type and no exception of the library comes out of this
// room.

#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engines/onnx/tensor.hpp"

namespace livedub::onnx {

/// One of the inputs or outputs that a model declares.
struct Port {
    std::string name;
    ElementKind kind = ElementKind::kFloat;
    Shape shape{};  // -1: any length
};

struct NamedTensor {
    std::string name;
    Tensor tensor;
};

/// The library that was built with, "1.23.2".
[[nodiscard]] std::string runtime_version();

/// Constant after construction; any number of threads may run it.
class Model {
  public:
    /// Loads it, which takes as long as the disk, and a second. All models of a process share one
    /// set of threads; all runs together use one thread fewer than there are cores.
    ///
    /// Errors, each with the path: those of check_model_file(); kInvalidArgument (the library does
    /// not take it); kExhausted (memory).
    [[nodiscard]] static Result<std::unique_ptr<const Model>> load(
        const std::filesystem::path& file);

    ~Model();
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    [[nodiscard]] const std::vector<Port>& inputs() const noexcept { return inputs_; }
    [[nodiscard]] const std::vector<Port>& outputs() const noexcept { return outputs_; }

    /// Whether it has all of these, of the right kind and number of dimensions, and no input
    /// besides. Empty shapes are not looked at.
    ///
    /// Errors: kInvalidArgument, saying what is otherwise.
    [[nodiscard]] Result<void> expect(std::span<const Port> inputs,
                                      std::span<const Port> outputs) const;

    /// Computes `outputs`, in their order, out of all inputs. Waits for a turn first where others
    /// run. If `stop` fires it ends after the step of the graph that is being computed.
    ///
    /// Errors: kCancelled; kExhausted (memory); kInternal, in the library's words.
    [[nodiscard]] Result<std::vector<Tensor>> run(std::span<const NamedTensor> inputs,
                                                  std::span<const std::string> outputs,
                                                  const std::stop_token& stop) const;

  private:
    struct Session;

    explicit Model(std::unique_ptr<Session> session);

    const std::unique_ptr<Session> session_;
    const std::vector<Port> inputs_;
    const std::vector<Port> outputs_;
};

}  // namespace livedub::onnx
