// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/worker_side.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child/child_side.hpp"
#include "engines/whisper/channel.hpp"

namespace livedub::whisper {
namespace {

bool reply(int channel, const Message& message) {
    return send_message(channel, message, kForever, {}).has_value();
}

bool reply(int channel, const Error& error) {
    return reply(channel, {MessageKind::kFailed, to_body(error)});
}

/// A worker's life.
class WorkerLoop {
  public:
    WorkerLoop(int channel, Weights& weights) : channel_{channel}, weights_{weights} {}

    void run() {
        while (true) {
            const auto received = receive_message(channel_, kForever, {});
            if (!received || !answer(received->message)) {
                return;
            }
        }
    }

  private:
    bool answer(const Message& message) {
        try {
            switch (message.kind) {
                case MessageKind::kCancel:  // what it meant has been answered already
                    return reply(channel_, {.kind = MessageKind::kCancelled});
                case MessageKind::kHear:
                    return answer(hear_request_from(message.body), &Recogniser::hear,
                                  MessageKind::kHeard);
                case MessageKind::kMeasure:
                    return answer(measure_request_from(message.body), &Recogniser::measure,
                                  MessageKind::kMeasured);
                default:
                    return false;
            }
        } catch (const std::bad_alloc&) {
            return reply(channel_, Error{ErrorCode::kExhausted, "whisper: out of memory"});
        } catch (const std::exception& error) {
            return reply(channel_,
                         Error{ErrorCode::kInternal, std::string{"whisper: "} + error.what()});
        }
    }

    template <typename Request, typename Method>
    bool answer(const Result<Request>& request, Method method, MessageKind kind) {
        if (!request) {
            return reply(channel_, request.error());
        }
        if (recogniser_ == nullptr) {
            auto made = weights_.make_recogniser();
            if (!made) {
                return reply(channel_, made.error());
            }
            recogniser_ = std::move(*made);
        }
        // Nothing is said to a busy worker but to stop, or by a hang-up.
        const auto result =
            (recogniser_.get()->*method)(*request, [this] { return has_news(channel_); });
        if (result) {
            return reply(channel_, {kind, to_body(*result)});
        }
        return result.error().code() == ErrorCode::kCancelled || reply(channel_, result.error());
    }

    const int channel_;
    Weights& weights_;
    std::unique_ptr<Recogniser> recogniser_;
};

/// Makes and ends workers, and reaps each only when told to end it: until then its number is not
/// given to another process.
class WeightsLoop {
  public:
    WeightsLoop(int channel, Weights& weights) : channel_{channel}, weights_{weights} {}

    void run() {
        while (auto received = receive_message(channel_, kForever, {})) {
            const auto& message = received->message;
            bool is_answered = false;
            if (message.kind == MessageKind::kMakeWorker) {
                is_answered = make_worker(std::move(received->descriptor));
            } else if (message.kind == MessageKind::kEndWorker) {
                is_answered = end_worker(message);
            }
            if (!is_answered) {
                return;
            }
        }
    }

  private:
    bool make_worker(OwnedFd channel) {
        const auto parent = ::getpid();
        const auto pid = ::fork();
        if (pid < 0) {
            return reply(channel_, Error{ErrorCode::kExhausted,
                                         "fork: " + std::generic_category().message(errno)});
        }
        if (pid == 0) {
            (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (::getppid() == parent) {  // else it has gone before we could say so
                ::close(channel_);
                WorkerLoop{channel.get(), weights_}.run();
            }
            std::_Exit(0);  // the weights are not ours to take down
        }
        return reply(channel_, {MessageKind::kWorkerMade, to_body(pid)});
    }

    [[nodiscard]] bool end_worker(const Message& message) const {
        const auto pid = number_from(message.body);
        if (!pid || *pid < 1) {
            return false;
        }
        ::kill(*pid, SIGKILL);
        int status = 0;
        while (::waitpid(*pid, &status, 0) < 0) {
            if (errno != EINTR) {
                return false;  // none of ours
            }
        }
        return reply(channel_, {MessageKind::kWorkerEnded, to_body(status)});
    }

    const int channel_;
    Weights& weights_;
};

}  // namespace

int serve_weights(int channel, const LoadWeights& load) {
    child::be_the_first_to_go();
    try {
        auto weights = load();
        if (!weights) {
            (void)reply(channel, weights.error());
            return 1;
        }
        if (reply(channel, {MessageKind::kReady, to_body((*weights)->describe())})) {
            WeightsLoop{channel, **weights}.run();
        }
    } catch (const std::bad_alloc&) {
        (void)reply(channel, Error{ErrorCode::kExhausted, "out of memory for the weights"});
        return 1;
    }
    return 0;
}

}  // namespace livedub::whisper
