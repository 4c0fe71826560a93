using Google.Protobuf;

namespace GameBackend.Game;

/// <summary>
/// What happens in a letter box. Value that players have attached never disappears: it is claimed, or goes back, or
/// stays. An operator's gift comes into the world when it is claimed.
/// </summary>
public static class LetterRules
{
    /// <summary>The reason of an operator's gift in the ledger.</summary>
    public const string Gift = "letter.gift";

    /// <summary>The type of the grain that receives what goes back.</summary>
    public const string ReceiverType = "letters";

    /// <summary>What is wrong with the text of a letter: INVALID_ARGUMENT, TEXT_TOO_LONG, or nothing.</summary>
    public static GameError ValidateText(string subject, string text)
    {
        var error = TextRules.Check(subject, LetterLimits.Subject);
        return error == GameError.Ok ? TextRules.Check(text, LetterLimits.Text, lines: true) : error;
    }

    /// <summary>The letter that a transfer brings.</summary>
    public static StoredLetter Unpack(Transfer transfer, long nowMs)
    {
        var details = LetterDetails.Parser.ParseFrom(transfer.Details);
        // Without details it is what did not fit into the owner's bag.
        var kind = details.Kind == LetterKind.Unspecified ? LetterKind.Overflow : details.Kind;
        var letter = new Letter
        {
            Kind = kind,
            From = kind == LetterKind.Overflow ? 0 : unchecked((ulong)transfer.From),
            FromName = details.FromName,
            Subject = kind == LetterKind.Overflow ? transfer.Reason : details.Subject,
            Text = details.Text,
            Value = transfer.Value is { } value && !ValueRules.IsEmpty(value) ? value : null,
            ArrivedAtMs = nowMs,
            ExpiresAtMs = details.ExpiresAtMs != 0 ? details.ExpiresAtMs
                : kind is LetterKind.Player or LetterKind.Operator
                    ? nowMs + (long)LetterLimits.PlayerLetters.TotalMilliseconds
                : 0,
        };
        var reason = FlowRules.IsMove(transfer.Reason) ? FlowRules.LetterClaimed : transfer.Reason;
        return new StoredLetter { Letter = letter, Reason = reason, ToName = details.ToName };
    }

    /// <summary>The letter that one player gets of a letter to all.</summary>
    public static StoredLetter Unpack(Broadcast broadcast, long nowMs) => new()
    {
        Letter = new Letter
        {
            Kind = LetterKind.Operator,
            Subject = broadcast.Subject,
            Text = broadcast.Text,
            Value = broadcast.Value is { } value && !ValueRules.IsEmpty(value) ? value : null,
            ArrivedAtMs = nowMs,
            ExpiresAtMs = broadcast.ExpiresAtMs,
        },
        Reason = Gift,
    };

    /// <summary>Whether a letter comes in even if there is no room for it.</summary>
    public static bool MustKeep(Letter letter) => letter.Kind is LetterKind.Returned or LetterKind.Overflow;

    /// <summary>
    /// Puts a letter into the box. At the cap the oldest that was read and is empty makes room; an operator's letter
    /// does not need it.
    /// </summary>
    /// <param name="arriving">Gets its id.</param>
    /// <param name="evicted">The letters that have made room.</param>
    /// <returns>LETTER_BOX_FULL, or OK.</returns>
    public static GameError Arrive(LetterBoxRecord box, StoredLetter arriving, out IReadOnlyList<ulong> evicted)
    {
        var gone = new List<ulong>();
        evicted = gone;
        if (HasWrittenEnough(box, arriving.Letter)) return GameError.LetterBoxFull;
        var surplus = box.Letters.Count + 1 - LetterLimits.Cap;
        var makeRoom = box.Letters.Where(stored => stored.Letter.Read && !HoldsValue(stored))
            .Take(Math.Max(surplus, 0));
        gone.AddRange(makeRoom.Select(stored => stored.Letter.Id));
        if (gone.Count < surplus && !MustKeep(arriving.Letter) && arriving.Letter.Kind != LetterKind.Operator)
        {
            gone.Clear();
            return GameError.LetterBoxFull;
        }

        foreach (var id in gone) box.Letters.Remove(Find(box, id)!);
        arriving.Letter.Id = Math.Max(box.NextId, 1);
        box.NextId = arriving.Letter.Id + 1;
        box.Letters.Add(arriving);
        return GameError.Ok;
    }

    /// <summary>
    /// Makes several letters of one that stays for good and holds much: it is claimed whole or not at all, so one that
    /// holds more than the bag could never be claimed, nor deleted.
    /// </summary>
    /// <returns>The letters that have come of it.</returns>
    public static IReadOnlyList<Letter> Divide(LetterBoxRecord box, Catalogue catalogue)
    {
        var added = new List<Letter>();
        foreach (var stored in box.Letters.ToArray())
        {
            var letter = stored.Letter;
            if (!MustKeep(letter) || !HoldsValue(stored) || letter.Claiming) continue;
            var parts = ValueSize.Divide(catalogue, letter.Value);
            letter.Value = parts[0];
            foreach (var part in parts.Skip(1))
            {
                var another = new StoredLetter(stored) { Claims = 0 };
                another.Letter.Value = part;
                another.Letter.Id = box.NextId++;
                another.Letter.Read = false;
                box.Letters.Add(another);
                added.Add(another.Letter.Clone());
            }
        }

        return added;
    }

    /// <summary>
    /// Removes what has expired. The value of a player's letter becomes a transfer back to the sender; letters that
    /// are being claimed stay until that is over.
    /// </summary>
    /// <returns>The letters that are gone.</returns>
    public static IReadOnlyList<ulong> Sweep(LetterBoxRecord box, long playerId, long nowMs)
    {
        var gone = new List<ulong>();
        foreach (var stored in box.Letters.ToArray())
        {
            var letter = stored.Letter;
            if (letter.ExpiresAtMs == 0 || letter.ExpiresAtMs > nowMs || letter.Claiming) continue;
            if (HoldsValue(stored) && letter.Kind == LetterKind.Player)
                box.Outgoing.Add(Return(stored, playerId, nowMs));
            box.Letters.Remove(stored);
            gone.Add(letter.Id);
        }

        return gone;
    }

    /// <returns>LETTER_NOT_FOUND, or OK.</returns>
    public static GameError Read(LetterBoxRecord box, ulong id, out Letter letter)
    {
        letter = new Letter();
        if (Find(box, id) is not { } stored) return GameError.LetterNotFound;
        stored.Letter.Read = true;
        letter = stored.Letter.Clone();
        return GameError.Ok;
    }

    /// <summary>
    /// Begins a claim: from now on the letter stays as it is until the claim has come to an end. A claim that has been
    /// begun before goes on.
    /// </summary>
    /// <returns>LETTER_NOT_FOUND, LETTER_EMPTY, or OK.</returns>
    public static GameError BeginClaim(
        LetterBoxRecord box, long playerId, ulong id, long nowMs, out OutgoingTransfer? claim)
    {
        claim = null;
        if (Find(box, id) is not { } stored) return GameError.LetterNotFound;
        if (!HoldsValue(stored)) return GameError.LetterEmpty;
        claim = Claim(box, stored, playerId, nowMs);
        return GameError.Ok;
    }

    /// <summary>
    /// Begins the claims of as many letters as one request takes: first what an earlier request has begun, then those
    /// that were tried least, so that what is refused again and again is not in the way of others; among those the
    /// oldest.
    /// </summary>
    public static IReadOnlyList<OutgoingTransfer> BeginClaims(LetterBoxRecord box, long playerId, long nowMs)
    {
        var next = box.Letters.Where(HoldsValue)
            .OrderByDescending(stored => stored.Letter.Claiming).ThenBy(stored => stored.Claims)
            .Take(LetterLimits.ClaimedAtOnce).ToArray();
        return [.. next.Select(stored => Claim(box, stored, playerId, nowMs))];
    }

    /// <summary>
    /// Ends what a transfer has begun: a claim is done, or the letter is as it was before; a return has arrived, or has
    /// been refused and stays here as a letter. Repeating it changes nothing.
    /// </summary>
    public static void Settle(LetterBoxRecord box, string transferId, GameError error, long nowMs)
    {
        if (box.Outgoing.FirstOrDefault(open => open.Transfer.Id == transferId) is not { } outgoing) return;
        box.Outgoing.Remove(outgoing);
        if (outgoing.Receiver.Length > 0)
        {
            if (error != GameError.Ok) KeepReturned(box, outgoing.Transfer, nowMs);
            return;
        }

        if (Find(box, outgoing.LetterId) is not { } stored) return;
        stored.Letter.Claiming = false;
        if (error == GameError.Ok) stored.Letter.Claimed = stored.Letter.Read = true;
    }

    /// <returns>LETTER_NOT_FOUND, LETTER_HAS_VALUE, or OK.</returns>
    public static GameError Delete(LetterBoxRecord box, ulong id)
    {
        if (Find(box, id) is not { } stored) return GameError.LetterNotFound;
        if (HoldsValue(stored)) return GameError.LetterHasValue;
        box.Letters.Remove(stored);
        return GameError.Ok;
    }

    /// <summary>Deletes what was read and is empty.</summary>
    /// <returns>How many letters that were.</returns>
    public static int DeleteRead(LetterBoxRecord box)
    {
        var read = box.Letters.Where(stored => stored.Letter.Read && !HoldsValue(stored)).ToArray();
        foreach (var stored in read) box.Letters.Remove(stored);
        return read.Length;
    }

    /// <summary>A page of letters, newest first.</summary>
    /// <param name="count">1 to 50; 0 means 20.</param>
    public static ListLettersReply List(LetterBoxRecord box, ulong beforeId, uint count)
    {
        var wanted = count == 0 ? LetterLimits.DefaultPage : Math.Min(count, LetterLimits.Page);
        var reply = new ListLettersReply
        {
            Unread = (uint)box.Letters.Count(stored => !stored.Letter.Read),
            Unclaimed = (uint)box.Letters.Count(HoldsValue),
        };
        for (var i = box.Letters.Count - 1; i >= 0; i--)
        {
            var letter = box.Letters[i].Letter;
            if (beforeId != 0 && letter.Id >= beforeId) continue;
            if (reply.Letters.Count == wanted)
            {
                reply.NextBeforeId = reply.Letters[^1].Id;
                break;
            }

            reply.Letters.Add(letter.Clone());
        }

        return reply;
    }

    /// <summary>What players' value there is in the box, on its way back included.</summary>
    public static Holdings Held(LetterBoxRecord box)
    {
        var held = new Holdings();
        foreach (var stored in box.Letters)
        {
            if (HoldsValue(stored) && FlowRules.IsMove(stored.Reason)) held.Add(stored.Letter.Value);
        }

        foreach (var outgoing in box.Outgoing)
        {
            if (outgoing.Receiver.Length > 0) held.Add(outgoing.Transfer.Value);
        }

        return held;
    }

    /// <summary>When the box has to be swept next; null if nothing in it expires with a player's value.</summary>
    public static long? NextSweepMs(LetterBoxRecord box) => box.Letters
        .Where(stored => HoldsValue(stored) && stored.Letter is { Kind: LetterKind.Player, ExpiresAtMs: > 0 })
        .Min(stored => (long?)stored.Letter.ExpiresAtMs);

    public static bool HoldsValue(StoredLetter stored) =>
        !stored.Letter.Claimed && stored.Letter.Value is { } value && !ValueRules.IsEmpty(value);

    public static StoredLetter? Find(LetterBoxRecord box, ulong id) =>
        box.Letters.FirstOrDefault(stored => stored.Letter.Id == id);

    private static bool HasWrittenEnough(LetterBoxRecord box, Letter arriving) =>
        arriving.Kind == LetterKind.Player && LetterLimits.UnreadOfSender <= box.Letters.Count(
            stored => stored.Letter is { Kind: LetterKind.Player, Read: false } && stored.Letter.From == arriving.From);

    // A claim is an outgoing transfer without a receiver.
    private static OutgoingTransfer Claim(LetterBoxRecord box, StoredLetter stored, long playerId, long nowMs)
    {
        var letter = stored.Letter;
        if (box.Outgoing.FirstOrDefault(o => o.Receiver.Length == 0 && o.LetterId == letter.Id) is { } begun)
            return begun;
        letter.Claiming = true;
        stored.Claims++;
        var claim = new OutgoingTransfer
        {
            Transfer = new Transfer
            {
                Id = $"letter/{playerId:x}/{letter.Id}/{stored.Claims}",
                Value = letter.Value.Clone(),
                Reason = stored.Reason,
                From = unchecked((long)letter.From),
                AtMs = nowMs,
            },
            ReceiverKey = playerId,
            LetterId = letter.Id,
        };
        box.Outgoing.Add(claim);
        return claim;
    }

    private static OutgoingTransfer Return(StoredLetter stored, long playerId, long nowMs) => new()
    {
        Transfer = new Transfer
        {
            Id = $"letter/{playerId:x}/{stored.Letter.Id}/return",
            Value = stored.Letter.Value.Clone(),
            Reason = FlowRules.LetterSent,
            From = playerId,
            Details = new LetterDetails
            {
                Kind = LetterKind.Returned,
                FromName = stored.ToName,
                Subject = stored.Letter.Subject,
                Text = stored.Letter.Text,
            }.ToByteString(),
            AtMs = nowMs,
            MustTake = true,
        },
        Receiver = ReceiverType,
        ReceiverKey = unchecked((long)stored.Letter.From),
    };

    // The sender does not take it back: it stays with whom it was sent to, for good.
    private static void KeepReturned(LetterBoxRecord box, Transfer transfer, long nowMs)
    {
        var kept = Unpack(transfer, nowMs);
        kept.Letter.Kind = LetterKind.Overflow;
        kept.Letter.From = 0;
        Arrive(box, kept, out _);
    }
}
